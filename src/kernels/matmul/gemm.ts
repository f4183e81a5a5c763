import type { Shape } from "../../base/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { partsOf } from "../epilogue.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";
import { choose } from "../variants/choose.ts";
import type { Choice } from "../variants/variant.ts";
import { foursOf } from "./fours.ts";
import type { Gemm, Operand, Product } from "./problem.ts";
import type { ProductVariant } from "./product_variant.ts";
import { slicesOf } from "./slices.ts";
import { products } from "./variants.ts";

/**
 * The product of m × k and k × n matrices for every batch, as an array of the given shape.
 * @param choice the kernel; by default the one that `choose` finds.
 */
export function gemm(problem: Gemm, shape: Shape, choice = chooseProduct(problem)): NDArray {
  const { epilogue = {}, dtype = problem.a.array.dtype } = problem;
  const slices = slicesOf(problem, choice, profileOf(problem));
  if (slices.splits === 1) {
    const to = allocate(shape, dtype);
    choice.variant.run({ gemm: problem, to, epilogue, ...slices }, choice.settings);
    return to;
  }
  const { parts, count } = gemmParts(problem, choice);
  const inner = problem.batches * problem.m * problem.n;
  const { bias, activation } = epilogue;
  const where = biasPattern(problem);
  return sumMiddle(parts, { outer: 1, count, inner }, shape, { bias, ...where, activation, dtype });
}

/** The product written into an array that others fill too: K is not split. */
export function gemmInto(problem: Gemm, to: NDArray): void {
  const { epilogue = {}, k } = problem;
  const { variant, settings } = chooseProduct(problem);
  variant.run({ gemm: problem, to, epilogue, splits: 1, kSlice: k }, settings);
}

/** The product as f32 [count, ...], still to be summed over `count` slices of K; the epilogue is left out. */
export function gemmParts(
  problem: Gemm,
  choice = chooseProduct(problem),
): { parts: NDArray; count: number } {
  const { m, n, batches } = problem;
  const slices = slicesOf(problem, choice, profileOf(problem));
  const parts = allocate([slices.splits, batches, m, n], "f32");
  choice.variant.run({ gemm: problem, to: parts, epilogue: {}, ...slices }, choice.settings);
  return { parts, count: slices.splits };
}

/** Which element of the bias belongs to which of the result, as `sumMiddle` wants it. */
function biasPattern({ m, n, batches, inner, epilogue }: Gemm): { channels: number; step: number } {
  const { biasAlong, biasBatch = 0 } = epilogue ?? {};
  if (biasAlong !== "rows") return { channels: n, step: 1 };
  return { channels: biasBatch > 0 ? m * batches : m, step: inner?.n ?? n };
}

function chooseProduct(problem: Gemm): Choice<ProductVariant> {
  const { device } = problem.a.array.storage;
  return choose(products, productOf(problem), device, problem);
}

const profileOf = ({ a }: Gemm) => a.array.storage.device.profile;

/** What variants are asked about. */
export function productOf(problem: Gemm): Product {
  const { m, n, k, batches, epilogue = {} } = problem;
  const [fours, layout] = [foursOf(problem), layoutText(problem)];
  return { m, n, k, batches, fours, layout, epilogue: partsOf(epilogue) };
}

/** How a product's operands and result lie in memory, in words. */
function layoutText({ a, b, out, inner, dtype }: Gemm): string {
  const along = ({ across, k }: Operand) =>
    `${k.step === 1 ? "k" : across.step === 1 ? "x" : "-"}${k.outer ? "+" : ""}${across.outer ? "+" : ""}`;
  const result = out ? `${out.row.step === 1 ? "r" : out.column.step === 1 ? "c" : "-"}` : "c";
  const folded = inner ? Object.entries(inner).join(" ") : "";
  return `${along(a)}${along(b)}${result} ${folded} ${a.array.dtype}>${dtype ?? a.array.dtype}`;
}
