import { checkOptions } from "../../base/index.ts";
import { checkIndex, describeClass, indicesByClass } from "../labels.ts";
import { Random } from "../random.ts";
import type { Dataset, Example } from "../types.ts";

/** A choice of another dataset's examples, in a given order; an index may occur more than once. */
class Subset implements Dataset {
  readonly length: number;
  readonly classes?: readonly string[];
  readonly labels?: Int32Array;
  readonly indices: Int32Array;
  readonly #base: Dataset;

  constructor(base: Dataset, indices: Int32Array) {
    for (const index of indices) checkIndex(base, index);
    this.length = indices.length;
    this.classes = base.classes;
    const labels = base.labels;
    this.labels = labels && Int32Array.from(indices, (index) => labels[index]);
    this.indices = indices;
    this.#base = base;
  }

  get(index: number): Example | Promise<Example> {
    checkIndex(this, index);
    return this.#base.get(this.indices[index]);
  }

  nameOf(index: number): string {
    const at = this.indices[index];
    return this.#base.nameOf?.(at) ?? `index ${at} of the whole set`;
  }
}

/** The examples with these indices, in this order. Nothing is copied. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  for (let i = 0; i < indices.length; i++) checkIndex(dataset, indices[i]);
  return new Subset(dataset, Int32Array.from(indices));
}

/**
 * `n` examples of every class, chosen at random, for trying out how little data is enough.
 *
 * @throws Error naming the class that has fewer than `n`.
 */
export function perClass(dataset: Dataset, n: number, options: { seed?: number } = {}): Dataset {
  checkOptions("perClass", options, ["seed"]);
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`perClass: n must be 1 or more, got ${n}`);
  const random = new Random(options.seed ?? 0);
  const chosen = indicesByClass(dataset).flatMap((indices, label) => {
    if (indices.length < n) {
      throw new Error(
        `perClass: ${describeClass(dataset, label)} has ${indices.length} examples, ${n} were asked for`,
      );
    }
    return random.shuffle(indices).slice(0, n);
  });
  return new Subset(dataset, random.shuffle(Int32Array.from(chosen)));
}
