/** The process in which the suite runs in Node: started by node.ts, which sends a request and hears messages. */
import { fileURLToPath } from "node:url";
import "../../src/node.ts";
import { nodeGpu } from "../../src/platform/node/index.ts";
import { createEngine } from "../engines/graft.ts";
import { peerModule } from "../peers/list.ts";
import { errorText, type Message, type SuiteRequest } from "./messages.ts";
import type { SuiteEnvironment } from "./start.ts";
import { runSuite } from "./suite.ts";

/** Messages must leave before the process ends. */
function send(message: Message): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

/** Peers look for a browser's `navigator.gpu`. */
function pretendBrowser(gpu: GPU): void {
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu, userAgent: "Node", hardwareConcurrency: 2 },
    configurable: true,
  });
}

function environment(gpu: GPU): SuiteEnvironment {
  return {
    assets: fileURLToPath(new URL("../../assets/", import.meta.url)),
    requestAdapter: () => gpu.requestAdapter(),
    async loadEngine(name) {
      if (name === "graft") return createEngine;
      pretendBrowser(gpu);
      return (await import(`../${peerModule(name)}`)).createEngine;
    },
  };
}

// A terminal's Ctrl-C reaches this process too; the one that started it decides.
process.on("SIGINT", () => {});

process.once("message", async (request: SuiteRequest) => {
  const software = process.argv[2] === "swiftshader" ? { software: "swiftshader" as const } : {};
  try {
    const gpu = await nodeGpu(software);
    await runSuite(request, environment(gpu), (message) => void send(message));
  } catch (error) {
    await send({ type: "failed", text: errorText(error) });
  }
  await send({ type: "done" });
  // A navigator.gpu that is kept would keep the process too.
  process.exit(0);
});
