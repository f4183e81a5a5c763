import { messageOf } from "../../base/index.ts";
import type { Module } from "../../nn/index.ts";
import type { Evaluation, History, Trainer } from "../../train/index.ts";
import type { FinetuneEvent } from "../events.ts";
import type { Prepared } from "../prepare.ts";
import type { Comparison } from "../result.ts";
import type { FinetuneSettings } from "../settings/index.ts";
import type { Tell } from "../task.ts";
import { count } from "../text.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { trainableOf, trainableText } from "../training/trainable.ts";
import { dataText, type ReportSubject, writeReport } from "./report.ts";

/** A run as its report tells it. */
interface Run {
  readonly settings: FinetuneSettings;
  readonly plan: TrainingPlan;
  readonly prepared: Prepared;
  readonly tell: Tell<FinetuneEvent>;
  /** What would be typed for the settings; null where a program gave them. */
  readonly command: string | null;
}

interface Outcome {
  readonly trainer: Trainer;
  readonly model: Module;
  readonly evaluation: Evaluation;
  readonly history: History;
  readonly comparison: readonly Comparison[];
}

/** Writes the report of a run. That it can't be written costs no result: it is a warning. */
export async function reportOnRun(run: Run, outcome: Outcome): Promise<void> {
  const { settings, plan, prepared, tell } = run;
  const { trainer, model, evaluation } = outcome;
  const subject: ReportSubject = {
    ...{ model, evaluation, batchSize: plan.batchSize },
    ...{ set: prepared.validation, transform: prepared.plainTransform },
    toBytes: prepared.source.toBytes,
    thresholds: prepared.info.thresholds,
    told: toldOf(run, outcome),
  };
  try {
    await tell(await trainer.survivingLoss(() => writeReport(settings.report!, subject)));
  } catch (error) {
    await tell({ type: "warning", message: `there is no report: ${messageOf(error)}` });
  }
}

function toldOf(
  { settings, plan, prepared, command }: Run,
  { model, history, comparison }: Outcome,
): ReportSubject["told"] {
  const { info, source, train, validation, pretrained } = prepared;
  const { architecture, input } = info;
  const rows = {
    network: `${architecture}, input ${input.channels}×${input.size}×${input.size}`,
    "began with": pretrained ? pretrained.name : "fresh weights",
    trained: trainableText(trainableOf(model)),
    data: dataText(source),
    pictures: `${count(train.length)} to train on, ${count(validation.length)} to judge by`,
    training: `${history.epochs.length} epochs, batches of ${plan.batchSize * plan.accumulate}, ${plan.optimizer}, learning rate ${plan.lr} (${plan.schedule}), seed ${plan.seed}`,
    ...(history.best && {
      "best epoch": `${history.best.epoch + 1}, whose weights the network has`,
    }),
  };
  return {
    title: `${architecture} for ${source.name}`,
    facts: Object.entries(rows).map(([name, value]) => ({ name, value })),
    comparison: comparison.map(({ name, evaluation: { accuracy, loss }, seconds }) => ({
      ...{ name, accuracy, loss, seconds },
    })),
    epochs: history.epochs,
    ...{ settings, command },
  };
}
