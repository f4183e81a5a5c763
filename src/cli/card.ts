import { basename, dirname, join } from "node:path";
import { modelCard, saveBytes } from "../formats/index.ts";
import type { Module } from "../nn/index.ts";
import type { Evaluation } from "../train/index.ts";
import type { Prepared } from "./prepare.ts";
import type { Settings } from "./settings.ts";
import { trainableText } from "./trainable.ts";

export interface CardFacts {
  readonly model: Module;
  /** The saved file. */
  readonly path: string;
  readonly prepared: Prepared;
  readonly settings: Settings;
  readonly evaluation: Evaluation;
}

/** Writes a model card beside a saved network. @returns its path. */
export async function saveCard(facts: CardFacts): Promise<string> {
  const path = join(dirname(facts.path), "model_card.md");
  await saveBytes(new TextEncoder().encode(cardText(facts)), path);
  return path;
}

function cardText({ model, path, prepared, settings, evaluation }: CardFacts): string {
  const { info, source, pretrained, train, validation } = prepared;
  const { size, channels, convention, resize, shorterSide } = info.input;
  const entry = pretrained?.entry;
  const { accuracy, balancedAccuracy, loss, perClass } = evaluation;
  return modelCard({
    title: `${info.architecture} for ${source.name}`,
    architecture: info.architecture,
    classes: info.classes,
    file: basename(path),
    parameters: model.parameters().reduce((sum, parameter) => sum + parameter.size, 0),
    source: pretrained
      ? {
          name: pretrained.path,
          ...(entry && { url: entry.url, sha256: entry.sha256, licence: entry.licence }),
        }
      : "none: it began untrained",
    data: {
      name: `${source.kind} ${source.name}`,
      train: train.length,
      validation: validation.length,
    },
    input: { shape: [channels, size, size], ...convention, resize, shorterSide },
    training: {
      trained: trainableText(model),
      epochs: settings.epochs,
      "batch size": settings.batchSize * settings.accumulate,
      optimizer: settings.optimizer,
      "learning rate": settings.lr,
      schedule: settings.schedule,
      seed: settings.seed,
      ...(settings.classWeights && { "class weights": "by the numbers of images" }),
    },
    metrics: { accuracy, "mean accuracy over classes": balancedAccuracy, loss },
    classAccuracy: perClass.map(({ recall }) => recall),
    ...(entry && { licence: `The weights it began with: ${entry.licence}` }),
  });
}
