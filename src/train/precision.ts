import { autocast, cast, hasHalf, type Tensor } from "../autograd/index.ts";
import type { Module } from "../nn/index.ts";

/** What activations are stored in while training. */
export type Precision = "f32" | "f16";

/** @throws TypeError for another word. */
export function checkPrecision(name: string, precision: Precision = "f32"): Precision {
  if (precision === "f32" || precision === "f16") return precision;
  throw new TypeError(`${name}: precision is "${String(precision)}"; it must be "f32" or "f16"`);
}

/** The precision that the adapter can give: f32 where it has no shader-f16. */
export function availablePrecision(wanted: Precision): Precision {
  return wanted === "f16" && hasHalf() ? "f16" : "f32";
}

/** A model's outputs, in f32 whatever it computes in. */
export function forwardIn(precision: Precision, model: Module, ...inputs: Tensor[]): Tensor {
  if (precision === "f32") return model.forward(...inputs) as Tensor;
  const outputs = autocast(() => model.forward(...inputs)) as Tensor;
  return cast(outputs, "f32");
}
