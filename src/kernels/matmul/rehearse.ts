import type { Shape } from "../../base/index.ts";
import type { DType, NDArray } from "../array.ts";
import { fill } from "../layout/fill.ts";
import { persistently } from "../scope.ts";
import type { Rehearsal } from "../variants/rehearsal.ts";
import type { Choice } from "../variants/variant.ts";
import type { Gemm, Layout, Operand, Placement, Stride } from "./problem.ts";
import type { ProductVariant } from "./product_variant.ts";

type RunProduct = (problem: Gemm, shape: Shape, choice: Choice<ProductVariant>) => NDArray;

/** An operand without its array, which must not be kept alive. */
interface Blueprint extends Layout {
  readonly size: number;
  readonly dtype: DType;
}

/** How the kernels for a product can be timed: on operands of the same layout, filled with halves. */
export function rehearsalOf(problem: Gemm, run: RunProduct): Rehearsal<ProductVariant> {
  const { a, b, epilogue: { bias, ...after } = {}, ...rest } = problem;
  const { m, n, k, batches } = rest;
  const [left, right] = [blueprintOf(a), blueprintOf(b)];
  const added = bias && { size: bias.size, dtype: bias.dtype };
  const out = rest.out && { ...rest.out, first: 0 };
  const shape = [out ? extentOf(out, rest) : m * n * batches];
  return {
    operation: "matmul",
    shape: `${m}×${k} · ${k}×${n}${batches > 1 ? `, ${batches} times` : ""}`,
    start() {
      const operands = { a: operandOf(left), b: operandOf(right) };
      const made = added ? halves(added) : null;
      const gemm = { ...rest, out, ...operands, epilogue: { ...after, bias: made } };
      return {
        run: (choice) => run(gemm, shape, choice),
        stop() {
          for (const array of [operands.a.array, operands.b.array, made]) array?.release();
        },
      };
    },
  };
}

function blueprintOf({ array, across, k, batch, first }: Operand): Blueprint {
  return { size: array.size, dtype: array.dtype, across, k, batch, first };
}

function operandOf({ size, dtype, ...layout }: Blueprint): Operand {
  return { ...layout, array: halves({ size, dtype }) };
}

function halves({ size, dtype }: Pick<Blueprint, "size" | "dtype">): NDArray {
  return persistently(() => fill([size], 0.5, dtype));
}

/** Elements from the first to the last that a result touches. */
function extentOf(out: Placement, size: Omit<Gemm, "a" | "b">): number {
  const { m, n, inner, batches, batchDims = [1, 1, 1, batches] } = size;
  const along = ({ step, outer = 0 }: Stride, count: number, wide = count) =>
    (Math.min(count, wide) - 1) * step + (Math.ceil(count / wide) - 1) * outer;
  const jumps = batchDims.reduce((sum, count, i) => sum + (count - 1) * (out.batch[i] ?? 0), 0);
  return 1 + along(out.row, m, inner?.m) + along(out.column, n, inner?.n) + jumps;
}
