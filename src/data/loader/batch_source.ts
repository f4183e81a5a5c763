import { checkOptions } from "../../base/index.ts";
import { elements } from "../datasets/array_dataset.ts";
import { checkLabel, exampleName } from "../labels.ts";
import type { Dataset, Example, Label } from "../types.ts";
import type { OtherBatch } from "./others.ts";
import { prefetch } from "./prefetch.ts";
import { RandomSampler, type Sampler, SequentialSampler } from "./samplers.ts";

export interface BatchOptions {
  /** Default 1. */
  batchSize?: number;
  /** Visits the examples in a new random order each epoch. Default false. */
  shuffle?: boolean;
  /** Seed of the order and of random transforms. Default 0. */
  seed?: number;
  /** Leaves out a last batch that isn't full. Default false. */
  dropLast?: boolean;
  /** A last batch of fewer examples joins the one before it, if there is one. Default 1. */
  minBatch?: number;
  /** Labels of this value are dealt out unchecked, as −100 always is: a loss will ignore them. */
  ignoreIndex?: number | null;
  /** Decides what an epoch visits, in place of `shuffle`. */
  sampler?: Sampler;
  /** How many batches are assembled ahead of need. Default 2. */
  prefetch?: number;
}

export const BATCH_OPTIONS = [
  "batchSize",
  "shuffle",
  "seed",
  "dropLast",
  "minBatch",
  "ignoreIndex",
  "sampler",
  "prefetch",
];

/** Some examples side by side in CPU memory. */
export interface Batch {
  readonly images: Uint8Array | Float32Array;
  /** [examples, channels, height, width] */
  readonly shape: readonly [number, number, number, number];
  /** A class an example, or (f32) a number for each class. */
  readonly labels: Int32Array | Float32Array;
  /** [examples], or [examples, classes]. */
  readonly labelShape: readonly number[];
  /** The examples' other inputs, where they have any. */
  readonly others?: readonly OtherBatch[];
  /** Which examples of the dataset these are. */
  readonly indices: Int32Array;
  readonly epoch: number;
  /** Counted from 0 within the epoch. */
  readonly index: number;
}

/** The CPU half of `DataLoader`: an async iterable of batches; each iteration is the next epoch. */
export class BatchSource implements AsyncIterable<Batch> {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly seed: number;
  /** Batches per epoch. */
  readonly length: number;
  /** Examples per epoch. */
  readonly examples: number;
  readonly #sampler: Sampler;
  readonly #prefetch: number;
  readonly #ignored: number | null;
  #epoch = 0;

  /** @throws on unknown or impossible options, and when there would be no batch at all. */
  constructor(dataset: Dataset, options: BatchOptions = {}) {
    checkOptions("DataLoader", options, BATCH_OPTIONS);
    this.dataset = checkDataset(dataset);
    this.batchSize = wholeNumber("batchSize", options.batchSize ?? 1, 1);
    this.seed = options.seed ?? 0;
    this.#prefetch = wholeNumber("prefetch", options.prefetch ?? 2, 0);
    this.#sampler = chooseSampler(dataset, options);
    this.#ignored = options.ignoreIndex ?? null;
    const { length } = this.#sampler;
    const { dropLast = false } = options;
    const minBatch = wholeNumber("minBatch", options.minBatch ?? 1, 1);
    const [whole, rest] = [Math.floor(length / this.batchSize), length % this.batchSize];
    const restIsBatch = !dropLast && rest > 0 && (rest >= minBatch || whole === 0);
    this.length = whole + (restIsBatch ? 1 : 0);
    this.examples = dropLast ? whole * this.batchSize : length;
    if (this.length === 0) {
      throw new Error(
        `DataLoader: no batch of ${this.batchSize} in a dataset of ${this.#sampler.length} examples` +
          (options.dropLast ? ' with "dropLast"' : ""),
      );
    }
  }

  /** Makes the next iteration that of epoch `epoch`, counted from 0. */
  setEpoch(epoch: number): void {
    this.#epoch = wholeNumber("epoch", epoch, 0);
  }

  /** The next epoch, from batch `first` on: how an interrupted epoch is taken up again. */
  batches(first = 0): AsyncGenerator<Batch, void, undefined> {
    wholeNumber("the first batch", first, 0);
    const epoch = this.#epoch++;
    const order = this.#sampler.indices(epoch);
    return prefetch(Math.max(0, this.length - first), this.#prefetch, (i) => {
      const index = first + i;
      const start = index * this.batchSize;
      const end = index === this.length - 1 ? this.examples : start + this.batchSize;
      return assemble(this.dataset, order.subarray(start, end), epoch, index, this.#ignored);
    });
  }

  [Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    return this.batches();
  }
}

function checkDataset(dataset: Dataset): Dataset {
  if (typeof dataset?.get === "function" && Number.isInteger(dataset.length)) return dataset;
  const what = Object(dataset) === dataset ? dataset.constructor?.name : String(dataset);
  throw new TypeError(`expected a dataset, an object with "length" and get(index), not ${what}`);
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`DataLoader: ${name} must be a whole number from ${least} up, got ${value}`);
}

function chooseSampler(dataset: Dataset, options: BatchOptions): Sampler {
  if (options.sampler && options.shuffle) {
    throw new Error('DataLoader: "sampler" and "shuffle" exclude each other');
  }
  if (options.sampler) return options.sampler;
  return options.shuffle
    ? new RandomSampler(dataset.length, { seed: options.seed })
    : new SequentialSampler(dataset.length);
}

async function assemble(
  dataset: Dataset,
  indices: Int32Array,
  epoch: number,
  index: number,
  ignored: number | null,
): Promise<Batch> {
  const examples = await Promise.all(Array.from(indices, (i) => dataset.get(i)));
  examples.forEach((example, i) => {
    checkExample(dataset, indices[i], example, ignored);
    checkSame(dataset, [indices[0], examples[0]], [indices[i], example]);
  });
  const [c, h, w] = examples[0].shape;
  const size = c * h * w;
  const images =
    examples[0].image instanceof Uint8Array
      ? new Uint8Array(examples.length * size)
      : new Float32Array(examples.length * size);
  examples.forEach((example, i) => {
    images.set(example.image, i * size);
  });
  const labels = joinLabels(examples.map(({ label }) => label));
  const batch = { images, shape: [examples.length, c, h, w] as const, indices, epoch, index };
  if (!examples[0].others) return { ...batch, ...labels };
  const { joinOthers } = await import("./others.ts");
  return { ...batch, ...labels, others: joinOthers(dataset, indices, examples) };
}

function joinLabels(all: readonly Label[]): Pick<Batch, "labels" | "labelShape"> {
  const classes = all.filter((label) => typeof label === "number");
  if (classes.length === all.length) {
    return { labels: Int32Array.from(classes), labelShape: [all.length] };
  }
  const vectors = all.map((label) => Array.from(Object(label) as ArrayLike<number>));
  const width = vectors[0].length;
  if (vectors.every(({ length }) => length === width)) {
    return { labels: Float32Array.from(vectors.flat()), labelShape: [all.length, width] };
  }
  throw new Error(`labels of one batch must be alike, got [${all.join("], [")}]`);
}

function checkExample(
  dataset: Dataset,
  index: number,
  example: Example,
  ignored: number | null,
): void {
  // Nothing at all, too, is refused by name.
  if (ignored === null || example?.label !== ignored) checkLabel(dataset, index, example?.label);
  const { image, shape } = example;
  const isPixels = image instanceof Uint8Array || image instanceof Float32Array;
  if (isPixels && shape?.length === 3 && image.length === elements(shape)) return;
  throw new Error(
    `${exampleName(dataset, index)}: expected a Uint8Array or Float32Array that fills ` +
      `[channels, height, width], got a ${image?.constructor.name} of ${image?.length} for [${shape}]`,
  );
}

type Indexed = readonly [index: number, example: Example];

/** Images of one batch must agree in shape and kind of number. */
function checkSame(dataset: Dataset, [i, a]: Indexed, [j, b]: Indexed): void {
  const sameShape = a.shape.every((n, axis) => n === b.shape[axis]);
  if (sameShape && a.image.constructor === b.image.constructor) return;
  const text = ({ shape, image }: Example) =>
    `${shape.join("×")} ${image instanceof Uint8Array ? "bytes" : "floats"}`;
  throw new Error(
    `images of one batch must have one shape: ${exampleName(dataset, i)} is ${text(a)}, ` +
      `${exampleName(dataset, j)} is ${text(b)}; load them in one size (imageFolder's "size")`,
  );
}
