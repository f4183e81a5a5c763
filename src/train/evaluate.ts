import type { DataLoader } from "../data/index.ts";
import { inEvalMode, type Module } from "../nn/index.ts";
import type { LabelCheck } from "./label_check.ts";
import { ConfusionCounter, type Evaluation, LabelCounter } from "./metrics.ts";
import { countedExamples } from "./outcome.ts";
import { type captureEvalStep, readLater } from "./steps.ts";

interface Judged {
  targets: Int32Array | Float32Array;
  predictions: ArrayLike<number>;
}

/** Runs the model over a loader in evaluation mode; each layer's mode is put back afterwards. */
export async function evaluate(
  model: Module,
  step: ReturnType<typeof captureEvalStep>,
  labelCheck: LabelCheck,
  loader: DataLoader,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const seen: Judged[] = [];
  let totalLoss = 0;
  let count = 0;
  await inEvalMode(model, async () => {
    for await (const batch of loader.batches()) {
      signal?.throwIfAborted();
      const { images, labels } = batch;
      if (!step.isRecorded(images, labels)) await step.compile([images, labels]);
      labelCheck.check(batch, loader.dataset);
      const pending = readLater(step(images, labels));
      const [loss, predictions] = await Promise.all([pending.loss, pending.predictions]);
      const targets = labelCheck.targetsOf(batch);
      const counted = countedExamples(targets, batch.indices.length);
      if (counted) totalLoss += loss * counted; // a batch of ignored labels alone has no loss
      count += counted;
      seen.push({ targets, predictions });
    }
  });
  const classes = loader.dataset.classes ?? [];
  if (seen.some(({ targets }) => targets instanceof Float32Array)) {
    const all = seen.reduce((sum, { targets }) => sum + targets.length, 0);
    const counter = new LabelCounter(all / count);
    for (const { targets, predictions } of seen) counter.add(targets, predictions);
    return counter.evaluation(totalLoss / count, count, classes);
  }
  const counter = new ConfusionCounter(Math.max(classes.length, highest(seen) + 1));
  for (const { targets, predictions } of seen) counter.add(targets, predictions);
  return counter.evaluation(totalLoss / count, classes);
}

/** The highest class seen or predicted. */
function highest(seen: readonly Judged[]): number {
  let found = -1;
  for (const { targets, predictions } of seen) {
    for (const label of targets) found = Math.max(found, label);
    for (let i = 0; i < predictions.length; i++) found = Math.max(found, predictions[i]!);
  }
  return found;
}
