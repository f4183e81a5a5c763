import type { CreateEngine, Engine, Environment } from "../engines/engine.ts";
import type { Meter } from "../workloads/workload.ts";
import { errorText } from "./messages.ts";
import { meterDevice } from "./meter.ts";

/** An engine with its device, or the reason why it has none. */
export interface StartedEngine {
  readonly engine: Engine;
  readonly meter: Meter | null;
  readonly startSeconds: number;
  readonly error?: string;
}

/** What a page and a Node process give the suite. */
export interface SuiteEnvironment extends Environment {
  loadEngine(name: string): Promise<CreateEngine>;
  /** Where the weights that come with Graft are: a URL or a path that ends in "/". */
  readonly assets: string;
}

function failing(name: string): Engine {
  const refuse = () => Promise.reject(new Error("it did not start"));
  return { name, start: refuse, matmul: refuse, train: refuse };
}

/** Loads and starts an engine. Never throws: a peer that doesn't start is a result too. */
export async function startEngine(
  name: string,
  environment: SuiteEnvironment,
): Promise<StartedEngine> {
  const start = performance.now();
  try {
    const createEngine = await environment.loadEngine(name);
    const engine = createEngine(environment);
    const device = await engine.start();
    const startSeconds = (performance.now() - start) / 1000;
    return { engine, meter: device ? meterDevice(device) : null, startSeconds };
  } catch (error) {
    const text = `it did not start: ${errorText(error)}`;
    return { engine: failing(name), meter: null, startSeconds: 0, error: text };
  }
}
