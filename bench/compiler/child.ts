/** The process of one step on one GPU that isn't there: `child.ts ENGINE STEP`. Its log goes to standard error. */
import { writeSync } from "node:fs";
import "../../src/node.ts";
import { nodeGpu } from "../../src/platform/node/index.ts";
import { peerModule } from "../peers/list.ts";
import { graftStep } from "./graft_step.ts";
import { type Launch, STEP } from "./log.ts";
import { peerStep } from "./peer_step.ts";
import { isForPeers, stepId, steps } from "./steps.ts";
import { watchPipelines } from "./watch_pipelines.ts";

const [engine = "", id] = process.argv.slice(2);

/** At once, in order with what Mesa prints. */
function log(line: string): void {
  writeSync(2, `\n${line}\n`);
}

async function compile(): Promise<Launch[]> {
  const given = steps.find((step) => stepId(step) === id);
  if (!given) throw new Error(`there is no step "${id}"`);
  const gpu = await nodeGpu();
  const pipelines = watchPipelines(log, engine !== "graft");
  if (engine === "graft") {
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error("the null driver gave no adapter");
    return graftStep(given, adapter);
  }
  if (!isForPeers(given)) throw new Error(`${engine} has no ${id} here`);
  const pretended = { gpu, userAgent: "Node", hardwareConcurrency: 2, language: "en" };
  Object.defineProperty(globalThis, "navigator", { value: pretended, configurable: true });
  const { createEngine } = await import(`../${peerModule(engine)}`);
  return peerStep(given, createEngine, pipelines);
}

const launches = await compile();
log(STEP + JSON.stringify(launches));
process.exit(0); // what keeps WebGPU alive would keep the process too
