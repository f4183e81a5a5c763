import { elements } from "../datasets/array_dataset.ts";
import { exampleName } from "../labels.ts";
import type { Dataset, Example, OtherInput } from "../types.ts";

/** One of the other inputs of some examples, side by side. */
export interface OtherBatch extends OtherInput {
  /** [examples, …] */
  readonly shape: readonly number[];
}

/**
 * Each of the examples' other inputs side by side. The first example's transforms count for all.
 *
 * @throws Error naming an example whose inputs are of another number, shape or kind, or don't fill their shape.
 */
export function joinOthers(
  dataset: Dataset,
  indices: Int32Array,
  examples: readonly Example[],
): OtherBatch[] {
  const [{ others: first = [] }] = examples;
  const expected = textOf(first);
  examples.forEach(({ others }, i) => {
    const found = textOf(others);
    if (found !== expected)
      throw new Error(
        `other inputs of one batch must be alike: ${exampleName(dataset, indices[0])} has ${expected}, ` +
          `${exampleName(dataset, indices[i])} has ${found}`,
      );
    others!.forEach((other, at) => {
      checkFilled(`${exampleName(dataset, indices[i])}: other input ${at}`, other);
    });
  });
  return first.map(({ shape, transform }, at) => {
    const parts = examples.map(({ others }) => others![at].values);
    return { values: sideBySide(parts), shape: [parts.length, ...shape], transform };
  });
}

function checkFilled(name: string, { values, shape }: OtherInput): void {
  if (values.length !== elements(shape))
    throw new Error(`${name}: ${values.length} values don't fill the shape [${shape}]`);
  if ((shape.length !== 1 && shape.length !== 3) || values.length === 0)
    throw new Error(
      `${name}: the shape must be [length] or [channels, height, width], not [${shape}]`,
    );
}

function sideBySide(parts: readonly (Uint8Array | Float32Array)[]): Uint8Array | Float32Array {
  const { length } = parts[0];
  const all =
    parts[0] instanceof Uint8Array
      ? new Uint8Array(parts.length * length)
      : new Float32Array(parts.length * length);
  parts.forEach((part, i) => {
    all.set(part, i * length);
  });
  return all;
}

/** "bytes [3,8,8] and floats [5]" */
function textOf(others: readonly OtherInput[] | undefined): string {
  const each = (others ?? []).map(
    ({ values, shape }) => `${values instanceof Uint8Array ? "bytes" : "floats"} [${shape}]`,
  );
  return each.join(" and ") || "none";
}
