import { modelCard } from "../../formats/index.ts";
import type { Module } from "../../nn/index.ts";
import type { Evaluation } from "../../train/index.ts";
import type { LabelFigures } from "../labels/figures.ts";
import { baseName } from "../places.ts";
import type { Prepared } from "../prepare.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { trainableOf, trainableText } from "../training/trainable.ts";

export interface CardFacts {
  readonly model: Module;
  /** The saved file. */
  readonly path: string;
  readonly prepared: Prepared;
  readonly plan: TrainingPlan;
  readonly evaluation: Evaluation;
  /** null where a picture has one class. */
  readonly labels: LabelFigures | null;
}

/** The text of the model card that lies beside a saved network. */
export function cardText({ model, path, prepared, plan, evaluation, labels }: CardFacts): string {
  const { info, source, pretrained, train, validation } = prepared;
  const { size, channels, order, scale, mean, std, resize, shorterSide } = info.input;
  const entry = pretrained?.entry;
  const { accuracy, balancedAccuracy, loss, perClass } = evaluation;
  return modelCard({
    title: `${info.architecture} for ${source.name}`,
    architecture: info.architecture,
    classes: info.classes,
    file: baseName(path),
    parameters: model.parameters().reduce((sum, parameter) => sum + parameter.size, 0),
    source: pretrained
      ? {
          name: pretrained.name,
          ...(entry && { url: entry.url, sha256: entry.sha256, licence: entry.licence }),
        }
      : "none: it began untrained",
    data: {
      name: `${source.kind} ${source.name}`,
      train: train.length,
      validation: validation.length,
    },
    input: { shape: [channels, size, size], order, scale, mean, std, resize, shorterSide },
    training: {
      trained: trainableText(trainableOf(model)),
      epochs: plan.epochs,
      "batch size": plan.batchSize * plan.accumulate,
      optimizer: plan.optimizer,
      "learning rate": plan.lr,
      schedule: plan.schedule,
      seed: plan.seed,
      ...(plan.classWeights && { "class weights": "by the numbers of images" }),
    },
    ...(labels
      ? { metrics: { ...wholesOf(labels), loss }, thresholds: info.thresholds }
      : {
          metrics: { accuracy, "mean accuracy over classes": balancedAccuracy, loss },
          classAccuracy: perClass.map(({ recall }) => recall),
        }),
    ...(entry && { licence: `The weights it began with: ${entry.licence}` }),
  });
}

function wholesOf({ macroF1, microF1, meanAveragePrecision, exact }: LabelFigures) {
  return {
    ...{ "macro F1": macroF1, "micro F1": microF1 },
    ...{
      "mean average precision": meanAveragePrecision,
      "accuracy, all labels of a picture right": exact,
    },
  };
}
