import type { Dataset, Label } from "./types.ts";

/** "example 12 (photos/cat/3.jpg)", for error messages. */
export function exampleName(dataset: Dataset, index: number): string {
  const name = dataset.nameOf?.(index);
  return name ? `example ${index} (${name})` : `example ${index}`;
}

export function checkIndex(dataset: Dataset, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < dataset.length) return;
  throw new RangeError(`index ${index} lies outside a dataset of ${dataset.length} examples`);
}

/** Throws, naming the example, unless `label` is a class number of this dataset, −100, or a number for each class. */
export function checkLabel(dataset: Dataset, index: number, label: Label): void {
  if (typeof label === "object") checkVector(dataset, index, label);
  else checkClass(dataset, index, label);
}

function checkVector(dataset: Dataset, index: number, label: ArrayLike<number>): void {
  const count = dataset.classes?.length ?? label.length;
  const numbers = Array.from(label);
  if (numbers.length === count && count > 0 && numbers.every((n) => n >= 0 && n <= 1)) return;
  throw new RangeError(
    `${exampleName(dataset, index)}: the label [${numbers}] should be ${count} numbers from 0 to 1, one a class`,
  );
}

/** PyTorch's label for an example that has none: losses ignore it. */
export const IGNORED_LABEL = -100;

function checkClass(dataset: Dataset, index: number, label: number): void {
  if (label === IGNORED_LABEL) return;
  const count = dataset.classes?.length ?? Number.POSITIVE_INFINITY;
  if (Number.isInteger(label) && label >= 0 && label < count) return;
  const known = dataset.classes
    ? `the dataset has ${count} classes, so labels go from 0 to ${count - 1}`
    : "a label is a class number: 0, 1, 2, …";
  throw new RangeError(`${exampleName(dataset, index)}: label ${label} is out of range; ${known}`);
}

/**
 * Every example's label, checked.
 *
 * @throws when the dataset states no `labels` and its `get` is asynchronous.
 */
export function labelsOf(dataset: Dataset): Int32Array {
  const known = dataset.labels;
  if (known && known.length !== dataset.length) {
    throw new Error(
      `the dataset holds ${dataset.length} examples, but its "labels" are ${known.length}`,
    );
  }
  const labels = new Int32Array(dataset.length);
  for (let i = 0; i < labels.length; i++) {
    const label = known ? known[i] : labelByGet(dataset, i);
    checkClass(dataset, i, label);
    labels[i] = label;
  }
  return labels;
}

function labelByGet(dataset: Dataset, index: number): number {
  const example = dataset.get(index);
  if ("label" in example) {
    if (typeof example.label === "number") return example.label;
    throw new Error(
      `this needs one class an example; ${exampleName(dataset, index)} has a number for each class`,
    );
  }
  example.catch(() => {}); // the error below is the one to show
  throw new Error(
    'this needs every label at once, and the dataset\'s get() is asynchronous: give it a "labels" array',
  );
}

/** The number of classes: of the names where there are any, else the highest label + 1. */
export function numClasses(dataset: Dataset): number {
  if (dataset.classes) return dataset.classes.length;
  return labelsOf(dataset).reduce((most, label) => Math.max(most, label + 1), 0);
}

/** The indices of each class's examples, in order: `result[label]`. Those with label −100 are in none. */
export function indicesByClass(dataset: Dataset): number[][] {
  const labels = labelsOf(dataset);
  const byClass = Array.from({ length: numClasses(dataset) }, (): number[] => []);
  labels.forEach((label, index) => {
    if (label !== IGNORED_LABEL) byClass[label].push(index);
  });
  return byClass;
}

/** The indices of examples without a class, label −100. */
export function ignoredIndices(dataset: Dataset): number[] {
  return [...labelsOf(dataset)].flatMap((label, index) => (label === IGNORED_LABEL ? [index] : []));
}

/** `class 3 ("cat")`, for error messages. */
export function describeClass(dataset: Dataset, label: number): string {
  const name = dataset.classes?.[label];
  return name === undefined ? `class ${label}` : `class ${label} ("${name}")`;
}
