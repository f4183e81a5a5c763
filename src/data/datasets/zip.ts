import { checkIndex, exampleName } from "../labels.ts";
import { type TransformOption, transformList } from "../transforms/evaluation.ts";
import type { Dataset, Example, OtherInput } from "../types.ts";

/** Pictures as another input, with the transforms that are theirs. */
export interface ZippedImages {
  readonly dataset: Dataset;
  readonly transform?: TransformOption;
}

/** Another input of every example: a row of numbers each, or a dataset's images; labels of these count for nothing. */
export type Zipped = readonly ArrayLike<number>[] | Dataset | ZippedImages;

/**
 * Inputs that belong together: example i has the image and the label of `dataset` and, as `others`, what each of the further ones
 * has at i. A model takes them in this order, `forward(images, ...others)`: f32 [n, c, h, w] of images, [n, k] of rows.
 *
 * `fit` and the like put the first one's images through their `transform`; others have their own, all of which draw the same random
 * numbers. A row with missing values goes through `standardize` first.
 *
 * @throws Error where they aren't equally long, or rows aren't.
 * @example data.zip(photos, { dataset: xrays, transform: [rescale()] }, data.standardize(rows, scale))
 */
export function zip(dataset: Dataset, ...others: readonly Zipped[]): Dataset {
  if (others.length === 0) throw new Error("zip: there is nothing to zip the dataset with");
  const columns = others.map(columnOf);
  columns.forEach(({ length }, i) => {
    if (length !== dataset.length)
      throw new Error(
        `zip: the dataset has ${dataset.length} examples, other input ${i} has ${length}`,
      );
  });
  return new ZippedDataset(dataset, columns);
}

interface Column {
  readonly length: number;
  get(index: number): OtherInput | Promise<OtherInput>;
}

class ZippedDataset implements Dataset {
  readonly length: number;
  readonly classes?: readonly string[];
  readonly labels?: ArrayLike<number>;
  readonly #base: Dataset;
  readonly #columns: readonly Column[];

  constructor(base: Dataset, columns: readonly Column[]) {
    this.length = base.length;
    this.classes = base.classes;
    this.labels = base.labels;
    this.#base = base;
    this.#columns = columns;
  }

  /** At once, where all of them give theirs at once. */
  get(index: number): Example | Promise<Example> {
    checkIndex(this, index);
    const example = this.#base.get(index);
    const others = this.#columns.map((column) => column.get(index));
    if ("image" in example && others.every((other) => "values" in other))
      return joined(example, others);
    return Promise.all([example, ...others]).then(([own, ...rest]) => joined(own, rest));
  }

  nameOf(index: number): string | undefined {
    return this.#base.nameOf?.(index);
  }
}

function joined(example: Example, others: readonly OtherInput[]): Example {
  return { ...example, others: [...(example.others ?? []), ...others] };
}

function columnOf(other: Zipped, at: number): Column {
  if (isRows(other)) return rowsColumn(other, at);
  const { dataset, transform } = "get" in other ? { dataset: other, transform: [] } : other;
  const list = transformList(transform);
  const inputOf = ({ image, shape, others }: Example, index: number): OtherInput => {
    if (!others) return { values: image, shape, transform: list };
    throw new Error(`zip: ${exampleName(dataset, index)} has several inputs; put it first`);
  };
  return {
    length: dataset.length,
    get(index) {
      const example = dataset.get(index);
      return "image" in example
        ? inputOf(example, index)
        : example.then((found) => inputOf(found, index));
    },
  };
}

function isRows(other: Zipped): other is readonly ArrayLike<number>[] {
  return Array.isArray(other);
}

function rowsColumn(rows: readonly ArrayLike<number>[], at: number): Column {
  const width = rows[0]?.length ?? 0;
  const uneven = rows.findIndex(({ length }) => length !== width || length === 0);
  if (uneven >= 0)
    throw new Error(
      `zip: row ${uneven} of other input ${at} has ${rows[uneven].length} numbers, row 0 has ${width}`,
    );
  return {
    length: rows.length,
    get: (index) => ({ values: Float32Array.from(rows[index]), shape: [width] }),
  };
}
