import { checkIndex, labelsOf } from "../labels.ts";
import type { Dataset, Example } from "../types.ts";
import { subset } from "./subset.ts";

/** Another dataset's images under other labels. */
class Relabelled implements Dataset {
  readonly length: number;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly #base: Dataset;

  constructor(base: Dataset, labels: Int32Array, classes: readonly string[]) {
    this.length = base.length;
    this.labels = labels;
    this.classes = classes;
    this.#base = base;
  }

  get(index: number): Example | Promise<Example> {
    checkIndex(this, index);
    const label = this.labels[index];
    const example = this.#base.get(index);
    return "then" in example ? example.then((e) => ({ ...e, label })) : { ...example, label };
  }

  nameOf(index: number): string | undefined {
    return this.#base.nameOf?.(index);
  }
}

/**
 * The examples of some classes only; their labels become 0, 1, … in the order given.
 *
 * @param classes class names, or labels.
 * @throws Error naming a class that isn't there, with those that are.
 */
export function selectClasses(dataset: Dataset, classes: readonly (string | number)[]): Dataset {
  const labels = labelsOf(dataset);
  const wanted = classes.map((wish) => labelOf(dataset, wish));
  if (new Set(wanted).size !== wanted.length || wanted.length === 0) {
    throw new Error(`selectClasses: expected different classes, got ${JSON.stringify(classes)}`);
  }
  const kept = Array.from(labels.keys()).filter((i) => wanted.includes(labels[i]));
  const newLabels = Int32Array.from(kept, (i) => wanted.indexOf(labels[i]));
  const names = wanted.map((label) => dataset.classes?.[label] ?? String(label));
  return new Relabelled(subset(dataset, kept), newLabels, names);
}

function labelOf(dataset: Dataset, wish: string | number): number {
  const label = typeof wish === "number" ? wish : (dataset.classes ?? []).indexOf(wish);
  const count = dataset.classes?.length ?? Number.POSITIVE_INFINITY;
  if (Number.isInteger(label) && label >= 0 && label < count) return label;
  const known = dataset.classes?.join(", ") ?? "unnamed: use labels";
  throw new Error(`selectClasses: no class ${JSON.stringify(wish)}; the classes are ${known}`);
}
