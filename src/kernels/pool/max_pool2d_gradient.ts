import type { HW, Window } from "../../base/index.ts";
import type { NDArray } from "../array.ts";
import type { Variant } from "../variants/variant.ts";

/** The gradient of max pooling, as variants are asked about it. */
export interface MaxPoolGradient {
  /** Images times channels. */
  readonly planes: number;
  readonly input: HW;
  readonly output: HW;
  readonly window: Window;
}

/** A way to bring gradients back to where the maxima were. */
export interface MaxPoolGradientVariant extends Variant<MaxPoolGradient> {
  /** Writes all of dx. @param indices the position of each maximum in its plane. */
  run(dy: NDArray, indices: NDArray, dx: NDArray, problem: MaxPoolGradient): void;
}

export function elementsOf(planes: number, [height, width]: HW): number {
  return planes * height * width;
}
