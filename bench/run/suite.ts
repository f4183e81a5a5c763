import { type Ceilings, measureCeilings } from "../probes/index.ts";
import type { Adapter, EngineResult, Row } from "../types.ts";
import { findWorkload } from "../workloads/index.ts";
import type { MeasuredWorkload, Workload } from "../workloads/workload.ts";
import { errorText, type Send, type SuiteRequest } from "./messages.ts";
import { type StartedEngine, type SuiteEnvironment, startEngine } from "./start.ts";
import { runTimed, type TimingContext } from "./timing.ts";

function describeAdapter({ info, features }: GPUAdapter): Adapter {
  const { vendor, architecture, device, description } = info;
  return { vendor, architecture, device, description, features: [...features].sort() };
}

async function measureOne(
  workload: MeasuredWorkload,
  { engine, meter, startSeconds, error }: StartedEngine,
  context: TimingContext & { assets: string },
): Promise<EngineResult> {
  if (error !== undefined) return { engine: engine.name, error };
  try {
    const { size, say, assets } = context;
    const measured = await workload.measure(engine, { size, meter, startSeconds, assets, say });
    const failed = measured.check?.passed === false;
    return { engine: engine.name, ...measured, ...(failed ? { error: "its check failed" } : {}) };
  } catch (failure) {
    return { engine: engine.name, error: errorText(failure) };
  }
}

async function runWorkload(
  workload: Workload,
  engines: readonly StartedEngine[],
  context: TimingContext & { assets: string },
): Promise<Row> {
  const taking = engines.filter(({ engine }) => workload.engines?.includes(engine.name) ?? true);
  if (workload.kind === "timed") return runTimed(workload, taking, context);
  const results: EngineResult[] = [];
  for (const started of taking) {
    context.say(started.engine.name);
    results.push(await measureOne(workload, started, context));
  }
  const { id, group, title } = workload;
  return { id, group, title, results };
}

/** Runs workloads on engines and tells what comes out. Everything it knows of its surroundings is in `environment`. */
export async function runSuite(
  request: SuiteRequest,
  environment: SuiteEnvironment,
  send: Send,
): Promise<void> {
  const begun = performance.now();
  const secondsLeft = () =>
    (request.secondsLeft ?? Number.POSITIVE_INFINITY) - (performance.now() - begun) / 1000;
  const adapter = await environment.requestAdapter();
  if (!adapter) throw new Error("there is no WebGPU adapter");
  send({ type: "adapter", adapter: describeAdapter(adapter) });
  let ceilings: Ceilings | null = null;
  if (request.probes) {
    send({ type: "say", text: "measuring what the adapter can do at best" });
    ceilings = await measureCeilings(adapter, request.size);
    send({ type: "ceiling", ceiling: ceilings.found });
  }
  const engines: StartedEngine[] = [];
  for (const name of request.engines) engines.push(await startEngine(name, environment));
  for (const [i, id] of request.rows.entries()) {
    if (secondsLeft() <= 0) {
      const left = request.rows.slice(i).join(", ");
      send({ type: "problem", text: `out of time, not run: ${left}` });
      break;
    }
    const say = (text: string) => send({ type: "say", text, id });
    const context = {
      size: request.size,
      say,
      secondsLeft,
      assets: environment.assets,
      ...(ceilings && { flopsNow: ceilings.flopsNow }),
    };
    const workload = findWorkload(request.size, id);
    const { feature } = workload;
    const able = !feature || adapter.features.has(feature) ? engines : [];
    if (able !== engines) say(`this adapter has no ${feature}`);
    send({ type: "row", row: await runWorkload(workload, able, context) });
  }
  ceilings?.destroy();
}
