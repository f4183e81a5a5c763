/** Runs the suite in a Node process of its own: a crash of the driver doesn't take the results with it. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Message, Session, SuiteRequest } from "./messages.ts";

export type AdapterChoice = "system" | "swiftshader";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function start(adapter: AdapterChoice, cold: boolean): ChildProcess {
  return fork(file("./node_child.ts"), [adapter], {
    execArgv: ["--enable-source-maps", "--import", file("../../tools/register.mjs")],
    // Dawn prints warnings about limits; what matters comes as messages.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...process.env, ...(cold ? { MESA_SHADER_CACHE_DISABLE: "true" } : {}) },
  });
}

function runIn(
  child: ChildProcess,
  request: SuiteRequest,
  receive: (message: Message) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("message", (message: Message) => {
      if (message.type === "done") resolve();
      else if (message.type === "failed") reject(new Error(message.text));
      else receive(message);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(new Error(`the Node process ended with ${signal ?? `code ${code}`}`));
    });
    child.send(request);
  });
}

/**
 * One process serves one run.
 * @param cold without the shaders that the driver keeps on disk from earlier runs.
 */
export async function openNode(adapter: AdapterChoice, cold: boolean): Promise<Session> {
  const child = start(adapter, cold);
  return {
    run: (request, receive) => runIn(child, request, receive),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}
