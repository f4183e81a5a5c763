/** A script as a program of its own, run from the sources. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "./import_graph.ts";

const register = pathToFileURL(join(repository, "tools/register.mjs")).href;

interface ScriptOptions {
  /** Where it is started, and writes. */
  readonly cwd: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** @returns what the script printed. @throws Error with what it complained of, where it failed. */
export function runScript(path: string, { cwd, args = [], env }: ScriptOptions): Promise<string> {
  const child = spawn(process.execPath, ["--import", register, path, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [printed, complaints] = ["", ""];
  child.stdout.on("data", (text) => {
    printed += text;
  });
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${path} ended with ${code}:\n${printed}\n${complaints}`));
    });
  });
}
