import { checkIndex } from "../labels.ts";
import type { Dataset, Example } from "../types.ts";

class Concatenation implements Dataset {
  readonly length: number;
  readonly classes?: readonly string[];
  readonly labels?: Int32Array;
  readonly #parts: readonly Dataset[];

  constructor(parts: readonly Dataset[]) {
    this.#parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
    this.classes = parts[0].classes;
    this.labels = joinLabels(parts, this.length);
  }

  get(index: number): Example | Promise<Example> {
    const [part, at] = this.#locate(index);
    return part.get(at);
  }

  nameOf(index: number): string {
    const [part, at] = this.#locate(index);
    return part.nameOf?.(at) ?? `index ${at} of part ${this.#parts.indexOf(part)}`;
  }

  #locate(index: number): [Dataset, number] {
    checkIndex(this, index);
    let at = index;
    let i = 0;
    for (; at >= this.#parts[i].length; i++) at -= this.#parts[i].length;
    return [this.#parts[i], at];
  }
}

function joinLabels(parts: readonly Dataset[], length: number): Int32Array | undefined {
  const all = new Int32Array(length);
  let offset = 0;
  for (const part of parts) {
    if (!part.labels) return undefined;
    all.set(part.labels, offset);
    offset += part.length;
  }
  return all;
}

/**
 * Several datasets as one, in this order.
 *
 * @throws Error when their class names differ: equal labels would mean different things.
 */
export function concat(datasets: readonly Dataset[]): Dataset {
  if (datasets.length === 0) throw new Error("concat: no datasets were given");
  const expected = JSON.stringify(datasets[0].classes);
  datasets.forEach((dataset, i) => {
    const found = JSON.stringify(dataset.classes);
    if (found !== expected) {
      throw new Error(`concat: dataset ${i} has the classes ${found}, dataset 0 has ${expected}`);
    }
  });
  return new Concatenation(datasets);
}
