import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EXIT, UsageError } from "../errors.ts";
import { checkoutFolder } from "../paths.ts";
import type { Output } from "../terminal/output.ts";

export interface DemoOptions {
  readonly port?: number;
  readonly host?: string;
}

/** `graft demo`: what `npm run demo` runs. */
export function demo({ port, host }: DemoOptions): Promise<number> {
  const args = [
    ...(port === undefined ? [] : ["--port", String(port)]),
    ...(host === undefined ? [] : ["--host", host]),
  ];
  return runScript("demo", "tools/demo_server.ts", args);
}

/** `graft bench`: what `npm run bench` runs. */
export function bench(_: object, _output: Output, args: readonly string[]): Promise<number> {
  return runScript("bench", "bench/main.ts", args);
}

/**
 * Runs a script of the checkout with this Node, on this terminal. Ctrl-C reaches both, and the script
 * says how it ended.
 */
async function runScript(name: string, script: string, args: readonly string[]): Promise<number> {
  const root = checkoutFolder();
  if (!root) {
    throw new UsageError(
      `${name}: it is part of Graft's repository, not of the installed package: clone the repository, ` +
        `run "npm ci" there, and then "npm run ${name}"`,
    );
  }
  const child = spawn(
    process.execPath,
    [
      "--enable-source-maps",
      "--import",
      pathToFileURL(join(root, "tools/register.mjs")).href,
      join(root, script),
      ...args,
    ],
    { stdio: "inherit" },
  );
  const ignore = () => {};
  const end = () => child.kill();
  process.on("SIGINT", ignore);
  process.on("SIGTERM", end); // which, unlike Ctrl-C, this process alone is sent
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) =>
        resolve(signal ? EXIT.interrupted : (code ?? EXIT.failure)),
      );
    });
  } finally {
    process.off("SIGINT", ignore);
    process.off("SIGTERM", end);
  }
}
