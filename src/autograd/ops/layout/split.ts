import { shapeText } from "../../../base/index.ts";
import { requireNumber, requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import type { Tensor } from "../../tensor.ts";
import { narrow } from "./narrow.ts";

/**
 * Cuts dimension `dim` into pieces of `size` entries, of which the last may be shorter, or of the sizes listed.
 *
 * @throws Error when the sizes listed don't add up to the dimension.
 */
export function split(input: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  const length = lengthAlong("split", input, dim);
  const sizes = typeof size === "number" ? equalSizes("split", length, size) : size;
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (total !== length || !sizes.every((n) => Number.isInteger(n) && n > 0)) {
    throw new Error(
      `split: sizes ${shapeText(sizes)} must be whole numbers from 1 that add up to the ${length} entries of dim ` +
        `${dim} of ${shapeText(input.shape)}`,
    );
  }
  let start = 0;
  return sizes.map((n) => {
    start += n;
    return narrow(input, dim, start - n, n);
  });
}

/** Cuts dimension `dim` into `chunks` pieces of equal size, of which the last may be shorter; fewer where there are too few entries. */
export function chunk(input: Tensor, chunks: number, dim = 0): Tensor[] {
  const length = lengthAlong("chunk", input, dim);
  const count = Math.floor(requireNumber("chunk", "chunks", chunks, 1));
  return split(input, Math.ceil(length / count), dim);
}

function lengthAlong(name: string, input: Tensor, dim: number): number {
  const { shape } = requireTensor(name, "input", input);
  const length = shape[resolveDim(name, dim, shape)];
  if (length === undefined) throw new Error(`${name}: a scalar has no dimension to cut`);
  return length;
}

function equalSizes(name: string, length: number, size: number): number[] {
  if (!Number.isInteger(size)) throw new RangeError(`${name}: size is ${size}; it must be whole`);
  const each = requireNumber(name, "size", size, 1);
  return Array.from({ length: Math.ceil(length / each) }, (_, i) =>
    Math.min(each, length - i * each),
  );
}
