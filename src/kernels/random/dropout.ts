import source from "../../../shaders/random/dropout.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Draw } from "./generator.ts";

/**
 * x with each element zeroed with probability p (0 to below 1), the others divided by 1 − p.
 * @param draw asked at each launch and at each replay of a captured step.
 */
export function dropout(x: NDArray, p: number, draw: () => Draw): NDArray {
  const out = allocate(x.shape, x.dtype);
  const fixed = { n: x.size, threshold: Math.min(2 ** 32 - 1, Math.round(p * 2 ** 32)) };
  launch(
    specialize(source, { T: x.dtype }),
    { x, out },
    () => ({ ...fixed, scale: 1 / (1 - p), ...draw() }),
    linearGrid(Math.ceil(x.size / 4)),
  );
  return out;
}
