import { median } from "../report/statistics.ts";
import { startRun, stepTimes } from "./graft_run.ts";
import { type TrainingCase, trainingId, trainingJob, trainingTitle } from "./training.ts";
import type { MeasuredWorkload } from "./workload.ts";

/** Step time, throughput and memory of one point of a curve over batch size or image size. */
export function scalingWorkload(given: TrainingCase): MeasuredWorkload {
  return {
    kind: "measured",
    id: `scaling/${trainingId(given)}`,
    group: "scaling",
    title: `scaling: ${trainingTitle(given)}`,
    engines: ["graft"],
    async measure() {
      const run = await startRun(trainingJob(given));
      await run.step();
      const stepSeconds = median(await stepTimes(run, 5, 5));
      const peakBytes = run.peakBytes();
      run.dispose();
      const measures = { stepSeconds, peakBytes, imagesPerSecond: given.batch / stepSeconds };
      return { measures };
    },
  };
}
