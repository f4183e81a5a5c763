import type { Tensor } from "../../autograd/index.ts";

/** @throws Error unless both are batches of features of the same length, of at least `least` examples each. */
export function requireFeatures(name: string, source: Tensor, target: Tensor, least: number): void {
  for (const [which, { shape }] of Object.entries({ source, target })) {
    if (shape.length === 2 && shape[0]! >= least) continue;
    throw new Error(
      `${name}: ${which} has shape [${shape.join(", ")}]; it must be [examples, features] with ${least} examples or ` +
        "more: flatten(1) makes features of maps",
    );
  }
  if (source.shape[1] === target.shape[1]) return;
  throw new Error(
    `${name}: source has ${source.shape[1]} features and target ${target.shape[1]}; both must come from the same layer`,
  );
}
