import { checkOptions, shapeText } from "../../../base/index.ts";
import { permuted, sortedOrder } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { scope } from "../../mode.ts";
import { defineOp } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { gather } from "../layout/gather.ts";
import { narrow } from "../layout/narrow.ts";
import type { ValuesAndIndices } from "./arg_reductions.ts";

interface Order {
  readonly dim: number;
  readonly descending: boolean;
}

const op = defineOp<Order>("argsort", ([x], { dim, descending }) => {
  const dims = x.shape.map((_, d) => d);
  const order = [...dims.filter((d) => d !== dim), ...dims.slice(dim, dim + 1)];
  const back = dims.map((d) => order.indexOf(d));
  return { out: permuted(sortedOrder(permuted(x, order), descending), back), grads: [null] };
});

/**
 * The places (i32) of the entries along `dim` in ascending order, or descending. Equal ones keep their order; NaN counts as
 * the greatest, as in PyTorch.
 */
export function argsort(input: Tensor, dim = -1, options: { descending?: boolean } = {}): Tensor {
  checkOptions("argsort", options, ["descending"]);
  const { shape } = requireTensor("argsort", "input", input);
  const along = resolveDim("argsort", dim, shape);
  return op([input], { dim: along, descending: options.descending ?? false });
}

/** The entries along `dim` in ascending order, or descending, and their places; see `argsort`. Gradients go back to these. */
export function sort(
  input: Tensor,
  dim = -1,
  options: { descending?: boolean } = {},
): ValuesAndIndices {
  checkOptions("sort", options, ["descending"]);
  const indices = argsort(input, dim, options);
  return { values: input.ndim === 0 ? input : gather(input, dim, indices), indices };
}

/**
 * The `k` greatest entries along `dim` with their places, the greatest first; with `largest: false` the smallest, the
 * smallest first.
 *
 * @throws RangeError unless k is a whole number from 1 to the number of entries.
 */
export function topk(
  input: Tensor,
  k: number,
  dim = -1,
  options: { largest?: boolean } = {},
): ValuesAndIndices {
  checkOptions("topk", options, ["largest"]);
  const { shape } = requireTensor("topk", "input", input);
  const length = shape[resolveDim("topk", dim, shape)] ?? 1;
  if (!(Number.isInteger(k) && k >= 1 && k <= length)) {
    throw new RangeError(
      `topk: k is ${k}; dim ${dim} of ${shapeText(shape)} has 1 to ${length} entries to choose`,
    );
  }
  return scope(() => {
    const order = argsort(input, dim, { descending: options.largest ?? true });
    if (shape.length === 0) return { values: input, indices: order };
    const indices = narrow(order, dim, 0, k);
    return { values: gather(input, dim, indices), indices };
  });
}
