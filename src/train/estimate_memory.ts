import { backward, peakBytesOf, type Tensor, zeros, zerosLike } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { bucketSize } from "../gpu/index.ts";
import { type Module, type Recompute, Sequential, setRecompute } from "../nn/index.ts";
import { type LossFunction, lossOf } from "./loss/loss_of.ts";
import { availablePrecision, checkPrecision, forwardIn, type Precision } from "./precision.ts";

export interface EstimateOptions {
  /** Images in a batch. Default 32. */
  batchSize?: number;
  /** Values an optimizer keeps per trained parameter: 2 for Adam (default), 1 for momentum, 0 for plain SGD. */
  optimizerState?: number;
  /** Batches an optimizer step, as in `fit`. Default 1. */
  accumulate?: number;
  /** Compute values again for backward, as `Trainer`'s option says. Default: as the model is set. */
  recompute?: Recompute;
  /** What activations are stored in, as `Trainer`'s option says. Default "f32". */
  precision?: Precision;
  /** Default cross-entropy on class indices. */
  loss?: Module | LossFunction;
}

/** Bytes on the GPU. */
export interface MemoryEstimate {
  parameters: number;
  /** Activations, gradients and temporaries at their peak. */
  step: number;
  optimizer: number;
  /** One batch of images and labels, twice: as loaded and inside the captured step. */
  inputs: number;
  total: number;
}

const KNOWN = ["batchSize", "optimizerState", "accumulate", "recompute", "precision", "loss"];

/**
 * The peak memory of a captured training step, found by recording the step without running it.
 *
 * @param inputShape of one image, [C, H, W], or of a batch, [N, C, H, W].
 * @throws LimitError when a tensor is over the adapter's limits.
 */
export function estimateMemory(
  model: Module,
  inputShape: readonly number[],
  options: EstimateOptions = {},
): MemoryEstimate {
  checkOptions("estimateMemory", options, KNOWN);
  const { optimizerState = 2, accumulate = 1 } = options;
  const { batchSize, shape } = batchOf(inputShape, options.batchSize);
  const precision = availablePrecision(checkPrecision("estimateMemory", options.precision));
  const loss = lossOf("estimateMemory", options.loss);
  const perOutput = loss.targets === "labels" || loss.targets === "values"; // not one an image
  const images = zeros([batchSize, ...shape]);
  const labels = zeros([batchSize], { dtype: "i32" });
  const modes = model.modules().map((module) => [module, module.training] as const);
  const chains = model.modules().filter((module) => module instanceof Sequential);
  const before = chains.map(({ recompute }) => recompute);
  if (options.recompute !== undefined) setRecompute(model, options.recompute);
  model.train();
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const clear = () => {
    for (const parameter of model.parameters()) parameter.grad = null;
  };
  try {
    const step = peakBytesOf(
      (x: Tensor, y: Tensor) => {
        clear();
        // Sums that are there throughout.
        if (accumulate > 1) for (const parameter of trained) parameter.grad = zerosLike(parameter);
        const outputs = forwardIn(precision, model, x);
        const value = loss.forward(outputs, perOutput ? zerosLike(outputs) : y);
        if (value.requiresGrad) backward(value);
        clear();
        return value;
      },
      [images, labels],
    );
    const parameters = sum(
      Object.values(model.stateDict()).map(({ size }) => bucketSize(4 * size)),
    );
    const optimizer = sum(
      // A small buffer also where nothing is kept.
      trained.map(({ size }) => bucketSize(4 * Math.max(1, size * optimizerState))),
    );
    const inputs = 2 * sum([images, labels].map(({ size }) => bucketSize(4 * size)));
    return { parameters, step, optimizer, inputs, total: parameters + step + optimizer + inputs };
  } finally {
    chains.forEach((chain, i) => {
      chain.recompute = before[i]!;
    });
    for (const [module, training] of modes) module.setTraining(training);
    images.dispose();
    labels.dispose();
  }
}

/** An image's shape and how many make a batch. */
function batchOf(inputShape: readonly number[], given: number | undefined) {
  if (!Array.isArray(inputShape))
    throw new TypeError(
      `estimateMemory: inputShape must be a list of numbers, such as [3, 32, 32], not ${inputShape}`,
    );
  if (inputShape.length < 4) return { batchSize: given ?? 32, shape: inputShape };
  const [batchSize, ...shape] = inputShape as [number, ...number[]];
  if (given === undefined || given === batchSize) return { batchSize, shape };
  throw new Error(
    `estimateMemory: inputShape [${inputShape}] is a batch of ${batchSize}, but batchSize is ${given}`,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
