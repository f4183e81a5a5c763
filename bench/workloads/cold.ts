import type { Engine } from "../engines/engine.ts";
import { compare } from "./check.ts";
import {
  firstLoss,
  type TrainingCase,
  trainingId,
  trainingJob,
  trainingTitle,
} from "./training.ts";
import type { MeasureContext, Measured, MeasuredWorkload } from "./workload.ts";

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function measure(
  given: TrainingCase,
  engine: Engine,
  { meter, startSeconds, say }: MeasureContext,
): Promise<Measured> {
  const job = trainingJob(given);
  say(`${engine.name}: building the model`);
  const start = performance.now();
  const work = await engine.train(job);
  const buildSeconds = (performance.now() - start) / 1000;
  say(`${engine.name}: first step`);
  const firstSeconds = await secondsOf(() => work.run(1));
  say(`${engine.name}: steady steps`);
  const second = await secondsOf(() => work.run(1));
  const steadySeconds = Math.min(second, await secondsOf(() => work.run(1)));
  const expected = firstLoss(job);
  const losses = await work.read();
  work.dispose();
  return {
    measures: {
      startSeconds,
      buildSeconds,
      firstSeconds,
      steadySeconds,
      extraSeconds: firstSeconds - steadySeconds,
      ...(meter ? { peakBytes: meter.counts.peakBytes } : {}),
    },
    ...(expected === null
      ? {}
      : { check: compare("the first loss in float64", losses, [expected], 3e-4) }),
  };
}

/**
 * The first step in a new browser, where nothing is compiled, and the memory that training takes: the peak of all
 * buffers that exist at once.
 */
export function coldWorkload(given: TrainingCase): MeasuredWorkload {
  return {
    kind: "measured",
    id: `cold/${trainingId(given)}`,
    group: "cold",
    title: `first step and memory: ${trainingTitle(given)}`,
    fresh: true,
    measure: (engine, context) => measure(given, engine, context),
  };
}
