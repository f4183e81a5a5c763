import { recordStep } from "../../src/autograd/index.ts";
import { currentDevice, type Device, LaunchGraph, Recorder } from "../../src/gpu/index.ts";
import { F, type nn, type Tensor } from "../../src/index.ts";
import type { ProfileEntry } from "../types.ts";
import type { GraftRun } from "./graft_run.ts";

type RecordedLaunch = Recorder["launches"][number];

/** Long enough for a timer, short enough for all kernels of a large step. */
const WINDOW = 0.03;

/** A training step as it is captured. */
function recordTraining({ model, trainer, inputs }: GraftRun) {
  const train = (images: Tensor, labels: Tensor) => {
    trainer.optimizer.zeroGrad();
    F.crossEntropy((model as nn.Sequential).forward(images), labels).backward();
    trainer.optimizer.step();
    trainer.optimizer.zeroGrad();
  };
  return recordStep(train, [...inputs]);
}

/** Launches of the same kernel on the same sizes take the same time. */
function keyOf({ kernel, params, groups, storages }: RecordedLaunch): string {
  const sizes = storages.map(({ bytes }) => bytes);
  return JSON.stringify([kernel.key, typeof params === "function" ? null : params, groups, sizes]);
}

/** Seconds of one launch among many of the same. */
async function timeLaunch(device: Device, launch: RecordedLaunch, runs: number): Promise<number> {
  const time = async (times: number) => {
    const repeated = new Recorder();
    // Not record(), which would hold storages that only the whole graph keeps alive.
    for (let i = 0; i < times; i++) repeated.launches.push(launch);
    const graph = new LaunchGraph(device, repeated);
    await device.synchronize();
    const start = performance.now();
    graph.replay();
    await device.synchronize();
    const seconds = (performance.now() - start) / 1000;
    graph.memory.release();
    return seconds / times;
  };
  const once = await time(1);
  const times = Math.max(1, Math.min(200, Math.ceil(WINDOW / once)));
  let best = once;
  for (let i = 0; i < runs; i++) best = Math.min(best, await time(times));
  return best;
}

/**
 * Time by kernel of one training step, the longest first. Each launch is repeated on the step's own buffers, since
 * browsers round timestamps; the weights are spoilt by it.
 */
export async function profileStep(run: GraftRun, runs: number): Promise<ProfileEntry[]> {
  const device = currentDevice();
  const step = recordTraining(run);
  step.build(); // gives the storages their buffers
  const seconds = new Map<string, number>();
  const rows = new Map<string, { launches: number; seconds: number; bytes: number }>();
  for (const launch of step.recorder.launches) {
    const key = keyOf(launch);
    if (!seconds.has(key)) seconds.set(key, await timeLaunch(device, launch, runs));
    const row = rows.get(launch.kernel.name) ?? { launches: 0, seconds: 0, bytes: 0 };
    rows.set(launch.kernel.name, row);
    row.launches++;
    row.seconds += seconds.get(key)!;
    row.bytes += launch.storages.reduce((sum, storage) => sum + storage.bytes, 0);
  }
  step.dispose();
  return [...rows]
    .map(([kernel, row]) => ({ kernel, ...row }))
    .sort((a, b) => b.seconds - a.seconds);
}
