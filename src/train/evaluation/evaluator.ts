import { Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../../data/index.ts";
import { DeviceLostError, deviceOrNull } from "../../gpu/index.ts";
import { type Loss, Module } from "../../nn/index.ts";
import type { AveragedModel } from "../averaged_model.ts";
import { LabelCheck } from "../loss/label_check.ts";
import { type LossFunction, lossOf } from "../loss/loss_of.ts";
import { type MetricName, metricsOf } from "../metrics/builtin.ts";
import type { Metric } from "../metrics/metric.ts";
import { lossReason } from "../state/device_loss.ts";
import { type Evaluation, evaluateLoader } from "./evaluate.ts";
import { captureEvaluation, captureOutputs } from "./evaluation_step.ts";
import {
  PREDICT_OPTIONS,
  type Prediction,
  type PredictOptions,
  predictDataset,
  predictTensor,
} from "./predict.ts";

export interface EvaluateOptions {
  /** Default 32. */
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  signal?: AbortSignal;
}

export const EVALUATE_OPTIONS = ["batchSize", "transform", "signal"];

/** Evaluates and predicts with steps that are captured once. Never writes to the model. */
export class Evaluator {
  readonly #loss: Loss;
  readonly #metrics: readonly Metric[];
  readonly #labels: LabelCheck;
  readonly #judge: ReturnType<typeof captureEvaluation>;
  readonly #predict: ReturnType<typeof captureOutputs>;

  /** @param average what stands in for the model's weights, if anything does. */
  constructor(
    model: Module,
    loss: Loss,
    metrics: readonly Metric[],
    average: AveragedModel | null = null,
  ) {
    this.#loss = loss;
    this.#metrics = metrics;
    this.#labels = new LabelCheck(loss);
    const readsOutputs = metrics.some(({ reads = "outputs" }) => reads === "outputs");
    this.#judge = captureEvaluation(model, loss, this.#labels, readsOutputs, average);
    this.#predict = captureOutputs(model, average);
  }

  evaluate(dataset: Dataset, options: EvaluateOptions): Promise<Evaluation> {
    const { batchSize = 32, transform, signal } = options;
    const { ignoreIndex } = this.#loss;
    const loader = new DataLoader(dataset, { batchSize, transform, ignoreIndex });
    const [loss, metrics] = [this.#loss, this.#metrics];
    const parts = { loss, metrics, step: this.#judge, labels: this.#labels };
    return evaluateLoader(parts, loader, signal);
  }

  predict(images: Tensor | Dataset, options: PredictOptions): Promise<Prediction[]> {
    const parts = { loss: this.#loss, step: this.#predict };
    return images instanceof Tensor
      ? predictTensor(parts, images, options)
      : predictDataset(parts, images, options);
  }

  /** Gives the memory back; it is taken again when needed. */
  dispose(): void {
    this.#judge.dispose();
    this.#predict.dispose();
  }

  /** Forgets recordings whose device is lost. */
  abandon(): void {
    this.#judge.abandon();
    this.#predict.abandon();
  }
}

/**
 * Loss, accuracy, confusion matrix and per-class scores of a model on a dataset, in evaluation mode: no optimizer is
 * needed, and the model is left as it is.
 *
 * @param options.loss a loss of `nn`, or a function of (outputs, targets). Default cross-entropy on class numbers.
 * @param options.metrics names, or metrics of your own: see `Metric`. Default accuracy.
 * @throws RangeError naming an example whose label the model has no output for.
 * @throws DeviceLostError where the GPU goes away meanwhile; `trainer.evaluate` survives that.
 */
export async function evaluate(
  model: Module,
  dataset: Dataset,
  options: EvaluateOptions & {
    loss?: Module | LossFunction;
    metrics?: MetricName | Metric | readonly (MetricName | Metric)[];
  } = {},
): Promise<Evaluation> {
  checkOptions("evaluate", options, [...EVALUATE_OPTIONS, "loss", "metrics"]);
  const { loss, metrics, ...how } = options;
  const asked = metricsOf("evaluate", metrics);
  return withEvaluator("evaluate", model, loss, asked, (evaluator) =>
    evaluator.evaluate(dataset, how),
  );
}

/**
 * Each image's class with all probabilities, in evaluation mode: no optimizer is needed, and the model is left as it is.
 *
 * @param images f32 [N, C, H, W], or a dataset.
 * @param options.loss what the model was trained with tells how outputs become probabilities: by sigmoid where several
 *   labels can be right, else by softmax.
 * @throws Error when the model gives anything but [N, classes].
 * @throws DeviceLostError where the GPU goes away meanwhile; `trainer.predict` survives that.
 */
export async function predict(
  model: Module,
  images: Tensor | Dataset,
  options: PredictOptions & { loss?: Module | LossFunction } = {},
): Promise<Prediction[]> {
  checkOptions("predict", options, [...PREDICT_OPTIONS, "loss"]);
  const { loss, ...how } = options;
  return withEvaluator("predict", model, loss, [], (evaluator) => evaluator.predict(images, how));
}

async function withEvaluator<T>(
  where: string,
  model: Module,
  loss: Module | LossFunction | undefined,
  metrics: readonly Metric[],
  fn: (evaluator: Evaluator) => Promise<T>,
): Promise<T> {
  if (!(model instanceof Module)) throw new TypeError(`${where}: model must be an nn.Module`);
  const evaluator = new Evaluator(model, lossOf(where, loss), metrics);
  const device = deviceOrNull();
  try {
    return await fn(evaluator);
  } catch (error) {
    const reason = await lossReason(device);
    if (reason === null) throw error;
    throw new DeviceLostError(
      reason,
      `load the weights again, or use a Trainer: its ${where} survives this`,
      { cause: error },
    );
  } finally {
    evaluator.dispose();
  }
}
