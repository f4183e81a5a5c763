import scaleSource from "../../../shaders/optim/loss_scale.wgsl";
import unscaleSource from "../../../shaders/optim/unscale.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import type { NDArray } from "../array.ts";

/** grad /= scale[0] in place; notes in guard[0] when a value isn't finite. */
export function unscale(grad: NDArray, scale: NDArray, guard: NDArray): void {
  const { size } = grad;
  launch(specialize(unscaleSource), { scale, grad, found: guard }, { n: size }, linearGrid(size));
}

export interface ScaleRule {
  readonly growth: number;
  readonly backoff: number;
  /** Good steps after which the scale grows. */
  readonly interval: number;
}

/** Sets the scale of the next step, and clears the note of an overflow. */
export function nextScale(scale: NDArray, guard: NDArray, rule: ScaleRule): void {
  launch(specialize(scaleSource), { guard, scale }, { ...rule }, [1, 1, 1]);
}
