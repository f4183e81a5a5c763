import { currentDevice } from "../../src/gpu/index.ts";
import type { Size } from "../types.ts";
import { startRun } from "./graft_run.ts";
import { type TrainingCase, trainingId, trainingJob, trainingTitle } from "./training.ts";
import type { Measured, MeasuredWorkload } from "./workload.ts";

const STEPS: Record<Size, number> = { smoke: 10, quick: 50, full: 200 };

async function measure(given: TrainingCase, size: Size): Promise<Measured> {
  const device = currentDevice();
  const run = await startRun(trainingJob(given));
  for (let i = 0; i < 3; i++) await run.step();
  const before = device.memory();
  const steps = STEPS[size];
  for (let i = 3; i < steps; i++) await run.step();
  const after = device.memory();
  run.dispose();
  return {
    measures: {
      steps,
      buffersGrown: after.liveBuffers - before.liveBuffers,
      bytesGrown: after.peakBytes - before.peakBytes,
    },
  };
}

/** Whether memory stays what it was after the third step. */
export function steadyWorkload(given: TrainingCase): MeasuredWorkload {
  return {
    kind: "measured",
    id: `steady/${trainingId(given)}`,
    group: "step",
    title: `memory over many steps: ${trainingTitle(given)}`,
    engines: ["graft"],
    measure: (_engine, { size }) => measure(given, size),
  };
}
