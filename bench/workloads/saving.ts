import type { TrainerOptions } from "../../src/index.ts";
import { median } from "../report/statistics.ts";
import { startRun, stepTimes } from "./graft_run.ts";
import { type TrainingCase, trainingId, trainingJob, trainingTitle } from "./training.ts";
import type { MeasuredWorkload } from "./workload.ts";

/** Ways to need less memory, as options of `Trainer`. */
const savings = {
  plain: { title: "plain", options: {} },
  recompute: { title: "activations computed again", options: { recompute: true } },
  f16: { title: "activations in f16", options: { precision: "f16" } },
} satisfies Record<string, { title: string; options: Partial<TrainerOptions> }>;

export type Saving = keyof typeof savings;

/** What a way to save memory saves of it, and what it costs in time. */
export function savingWorkload(given: TrainingCase, saving: Saving): MeasuredWorkload {
  const { title, options } = savings[saving];
  return {
    kind: "measured",
    id: `saving/${trainingId(given)}/${saving}`,
    group: "saving",
    title: `memory against time: ${trainingTitle(given)}, ${title}`,
    engines: ["graft"],
    ...(saving === "f16" ? { feature: "shader-f16" } : {}),
    async measure() {
      const run = await startRun(trainingJob(given), options);
      await run.step();
      const stepSeconds = median(await stepTimes(run, 5, 8));
      const measures = { stepSeconds, peakBytes: run.peakBytes() };
      run.dispose();
      return { measures };
    },
  };
}
