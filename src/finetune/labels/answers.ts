import type { Dataset, transforms } from "../../data/index.ts";
import { chooseThresholds } from "../../metrics/index.ts";
import { BCEWithLogitsLoss, type Module } from "../../nn/index.ts";
import { predict } from "../../train/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";

/** What a network with several labels a picture said of pictures, and what they are: a row a picture, an entry a label. */
export interface LabelAnswers {
  readonly truth: readonly Float32Array[];
  readonly probabilities: readonly Float32Array[];
}

export interface AskingHow {
  readonly batchSize: number;
  readonly transform: readonly transforms.Transform[];
}

/** Asks a network about every picture of a set. */
export async function answersOf(
  model: Module,
  set: Dataset,
  how: AskingHow,
): Promise<LabelAnswers> {
  const found = await predict(model, set, { ...how, loss: new BCEWithLogitsLoss() });
  const probabilities = found.map((one) => one.probabilities);
  return { truth: await labelRows(set), probabilities };
}

async function labelRows(set: Dataset): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let i = 0; i < set.length; i++) {
    const { label } = await set.get(i);
    rows.push(Float32Array.from(typeof label === "number" ? [label] : label, Math.round));
  }
  return rows;
}

/** The same network, known to give several labels: each from where on its F1 on validation pictures is highest. */
export function withThresholds(info: NetworkInfo, answers: LabelAnswers): NetworkInfo {
  const { truth, probabilities } = answers;
  return { ...info, thresholds: chooseThresholds(truth, probabilities) };
}

/** What a network's outputs mean: probabilities of each label, or of classes of which one is right. */
export function lossFor({ thresholds }: Pick<NetworkInfo, "thresholds">) {
  return thresholds ? new BCEWithLogitsLoss() : undefined;
}
