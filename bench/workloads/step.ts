import { currentDevice } from "../../src/gpu/index.ts";
import { estimateMemory } from "../../src/index.ts";
import { median } from "../report/statistics.ts";
import type { Size } from "../types.ts";
import { type GraftRun, startRun } from "./graft_run.ts";
import { profileStep } from "./profile.ts";
import { type TrainingCase, trainingId, trainingJob, trainingTitle } from "./training.ts";
import type { Measured, MeasuredWorkload } from "./workload.ts";

const REPLAYS: Record<Size, number> = { smoke: 1, quick: 5, full: 15 };

/**
 * Median seconds of CPU time that a call of the captured step takes. The GPU is idle before each: otherwise a software
 * adapter's threads would be measured.
 */
async function encodeSeconds({ trainer, inputs }: GraftRun, replays: number): Promise<number> {
  const device = currentDevice();
  const times: number[] = [];
  for (let i = 0; i < replays; i++) {
    await device.synchronize();
    const start = performance.now();
    trainer.trainStep(...inputs);
    times.push((performance.now() - start) / 1000);
  }
  await device.synchronize();
  return median(times);
}

async function measure(given: TrainingCase, size: Size): Promise<Measured> {
  const job = trainingJob(given);
  const run = await startRun(job);
  for (let i = 0; i < 2; i++) await run.step();
  const peakBytes = run.peakBytes();
  const { launches, bytes: capturedBytes } = run.trainer.trainStep;
  const encode = await encodeSeconds(run, REPLAYS[size]);
  const side = job.network.inputSize;
  const options = { batchSize: given.batch, optimizerState: 0 };
  const estimatedBytes = estimateMemory(run.model, [3, side, side], options).total;
  const profile = await profileStep(run, size === "full" ? 3 : 1);
  run.dispose();
  return {
    measures: {
      launches,
      boundBytes: profile.reduce((sum, { bytes }) => sum + bytes, 0),
      encodeSeconds: encode,
      capturedBytes,
      peakBytes,
      estimatedBytes,
      estimateError: Math.abs(estimatedBytes / peakBytes - 1),
    },
    profile,
  };
}

/** What a captured step consists of: launches, bytes, memory against its estimate, CPU time, time by kernel. */
export function stepWorkload(given: TrainingCase): MeasuredWorkload {
  return {
    kind: "measured",
    id: `step/${trainingId(given)}`,
    group: "step",
    title: `inside a step: ${trainingTitle(given)}`,
    engines: ["graft"],
    measure: (_engine, { size }) => measure(given, size),
  };
}
