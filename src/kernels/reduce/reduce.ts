import source from "../../../shaders/reduce/reduce.wgsl";
import { type Shape, sizeOf } from "../../base/index.ts";
import { constantName, launch, specialize } from "../../gpu/index.ts";
import { allocate, type DType, type NDArray } from "../array.ts";
import type { Middle } from "./stage.ts";
import { stageFor } from "./variants.ts";

export type ReduceOp = "sum" | "max" | "min" | "prod";

/** The bits of the value that changes nothing, by accumulator type. */
const IDENTITY: Record<ReduceOp, Record<"f32" | "i32" | "u32", number>> = {
  sum: { f32: 0, i32: 0, u32: 0 },
  prod: { f32: 0x3f800000, i32: 1, u32: 1 },
  max: { f32: 0xff800000, i32: 0x80000000, u32: 0 },
  min: { f32: 0x7f800000, i32: 0x7fffffff, u32: 0xffffffff },
};

const accumulatorOf = (dtype: DType) => (dtype === "f16" ? "f32" : dtype);

/**
 * Reduces x over `dims` (distinct, in range), which stay as ones. f16 is accumulated in f32.
 * @param divisor the result is divided by it; for means.
 */
export function reduce(op: ReduceOp, x: NDArray, dims: readonly number[], divisor = 1): NDArray {
  const shape = x.shape.map((n, d) => (dims.includes(d) ? 1 : n));
  const groups = groupDims(x.shape, dims);
  let current = x;
  for (let last = lastReduced(groups); last >= 0; last = lastReduced(groups)) {
    const sizes = groups.map(({ size }) => size);
    const length = sizes[last]!;
    const middle = {
      outer: sizeOf(sizes.slice(0, last)),
      length,
      inner: sizeOf(sizes.slice(last + 1)),
    };
    groups.splice(last, 1);
    const more = groups.some(({ reduced }) => reduced);
    current = reduceMiddle(
      op,
      current,
      middle,
      more ? { dtype: accumulatorOf(x.dtype), divisor: 1 } : { dtype: x.dtype, divisor },
    );
  }
  return current === x ? x.share(shape) : current.share(shape);
}

interface Group {
  readonly size: number;
  readonly reduced: boolean;
}

/** Neighbouring dimensions that are all reduced or all kept, as one. */
function groupDims(shape: Shape, dims: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((size, d) => {
    if (size === 1) return;
    const reduced = dims.includes(d);
    const last = groups.at(-1);
    if (last?.reduced === reduced) groups[groups.length - 1] = { size: last.size * size, reduced };
    else groups.push({ size, reduced });
  });
  return groups;
}

const lastReduced = (groups: readonly Group[]) => groups.findLastIndex(({ reduced }) => reduced);

interface Result {
  readonly dtype: DType;
  readonly divisor: number;
}

function reduceMiddle(op: ReduceOp, x: NDArray, middle: Middle, result: Result): NDArray {
  const { tree, partials, params, groups } = stageFor(middle, x.storage.device);
  const accumulator = accumulatorOf(x.dtype);
  const done = partials === 1;
  const dtype = done ? result.dtype : accumulator;
  const out = allocate([middle.outer, partials, middle.inner], dtype);
  const kernel = specialize(source, {
    T: x.dtype,
    A: accumulator,
    O: dtype,
    OP: constantName(op),
    TREE: tree,
  });
  const identity_bits = IDENTITY[op][accumulator];
  const divisor = done ? result.divisor : 1;
  launch(kernel, { x, out }, { ...params, identity_bits, divisor }, groups);
  return done ? out : reduceMiddle(op, out, { ...middle, length: partials }, result);
}

/** Sums x over the dimensions along which an array of `shape` was repeated to give x's shape. */
export function sumTo(x: NDArray, shape: Shape): NDArray {
  const extra = x.shape.length - shape.length;
  const dims = x.shape.flatMap((n, d) =>
    d < extra || (shape[d - extra] === 1 && n > 1) ? [d] : [],
  );
  return reduce("sum", x, dims).share(shape);
}
