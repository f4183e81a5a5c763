import type { Dataset, Example } from "../../src/data/index.ts";

export interface ToyOptions {
  classes?: string[];
  /** Answers with promises and states no labels, as a dataset of somebody else's might. */
  async?: boolean;
  /** Called at each `get`. */
  onGet?: (index: number) => void;
}

/** One-pixel images whose value is their index. */
export function toy(labels: number[], options: ToyOptions = {}): Dataset {
  const get = (index: number): Example => {
    options.onGet?.(index);
    return { image: Uint8Array.of(index), shape: [1, 1, 1], label: labels[index] };
  };
  return {
    length: labels.length,
    classes: options.classes,
    get: options.async ? async (index) => get(index) : get,
  };
}

/** The examples of a synchronous toy dataset or a part of one, by their pixel. */
export function members(dataset: Dataset): number[] {
  return Array.from({ length: dataset.length }, (_, i) => {
    const example = dataset.get(i);
    if (!("image" in example)) throw new Error("an asynchronous dataset");
    return example.image[0];
  });
}

export const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
export const upTo = (n: number) => [...Array(n).keys()];
