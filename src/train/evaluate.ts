import type { DataLoader } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { ConfusionCounter, type Evaluation } from "./metrics.ts";
import { type captureEvalStep, readLater } from "./steps.ts";

/** Runs the model over a loader in evaluation mode; the model's mode is put back afterwards. */
export async function evaluate(
  model: Module,
  step: ReturnType<typeof captureEvalStep>,
  loader: DataLoader,
  classes: readonly string[],
  signal?: AbortSignal,
): Promise<Evaluation> {
  const wasTraining = model.training;
  model.eval();
  const seen: { targets: Int32Array; predictions: ArrayLike<number> }[] = [];
  let totalLoss = 0;
  let count = 0;
  try {
    for await (const { images, labels, targets } of loader.batches()) {
      signal?.throwIfAborted();
      const pending = readLater(step(images, labels));
      const [loss, predictions] = await Promise.all([pending.loss, pending.predictions]);
      totalLoss += loss * targets.length;
      count += targets.length;
      seen.push({ targets, predictions });
    }
  } finally {
    model.train(wasTraining);
  }
  let highest = classes.length - 1;
  for (const { targets, predictions } of seen) {
    for (const i of targets) highest = Math.max(highest, i);
    for (let i = 0; i < predictions.length; i++) highest = Math.max(highest, predictions[i]!);
  }
  const counter = new ConfusionCounter(highest + 1);
  for (const { targets, predictions } of seen) counter.add(targets, predictions);
  return counter.evaluation(totalLoss / count, classes);
}
