import { currentDevice, runWith, Variable } from "../gpu/index.ts";
import { withCasts } from "./promotion.ts";
import type { Tensor } from "./tensor.ts";

const half = new Variable(false);

/** Whether products and convolutions take their operands in half precision. */
export function isAutocast(): boolean {
  return half.value;
}

/** Whether the current adapter can store numbers in half precision. */
export function hasHalf(): boolean {
  return currentDevice().features.has("shader-f16");
}

/**
 * Runs `fn` with matrix products, linear layers and convolutions on f16 copies of their operands,
 * summed in f32: activations take half the memory, parameters and their gradients stay f32. Other
 * operations work in the dtype they are given. Where the adapter has no shader-f16, all stays f32.
 *
 * Cast what comes out to f32 before a loss, and scale the loss (`optim.GradScaler`), or small
 * gradients are lost. `Trainer({ precision: "f16" })` does all of it.
 */
export function autocast<T>(fn: () => T): T {
  return runWith("autocast", [half.as(hasHalf())], fn);
}

/** Runs `fn` with half precision on or off. */
export function setAutocast<T>(on: boolean, fn: () => T): T {
  return half.run(on, fn);
}

/** Applies an op to operands in the precision that it should work in. */
export function inPrecision(
  operands: readonly Tensor[],
  apply: (operands: readonly Tensor[]) => Tensor,
): Tensor {
  if (!half.value) return apply(operands);
  return withCasts(operands, ({ dtype }) => (dtype === "f32" ? "f16" : dtype), apply);
}
