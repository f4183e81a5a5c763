import type { Dataset, transforms } from "../data/index.ts";
import { CrossEntropyLoss, type Module } from "../nn/index.ts";
import { SGD } from "../optim/index.ts";
import { type Evaluation, type Prediction, Trainer } from "../train/index.ts";

export interface JudgeOptions {
  readonly batchSize: number;
  readonly transform: transforms.Transform[];
}

/** How good a network is on labelled pictures. */
export function evaluateModel(
  model: Module,
  set: Dataset,
  options: JudgeOptions & { readonly signal?: AbortSignal },
): Promise<Evaluation> {
  return judge(model).evaluate(set, options);
}

/** The class of each picture. */
export function predictWith(
  model: Module,
  set: Dataset,
  options: JudgeOptions & { readonly classes: readonly string[] },
): Promise<Prediction[]> {
  return judge(model).predict(set, options);
}

function judge(model: Module): Trainer {
  const optimizer = new SGD(model.parameters(), { lr: 0 });
  return new Trainer({ model, optimizer, loss: new CrossEntropyLoss() });
}
