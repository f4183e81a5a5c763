import clipSource from "../../../shaders/optim/clip_scale.wgsl";
import finishSource from "../../../shaders/optim/norm_finish.wgsl";
import sumSource from "../../../shaders/optim/sum_squares.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { unary } from "../elementwise/elementwise.ts";
import { copyInto } from "../layout/copy.ts";
import { scope } from "../scope.ts";

const WORKGROUP = 256;
const ITEMS_PER_GROUP = WORKGROUP * 16;
const MAX_GROUPS = 256;

/** The L2 norm of all arrays together, shape []. Deterministic, two-stage. */
export function globalNorm(arrays: readonly NDArray[]): NDArray {
  const groups = arrays.map(({ size }) => Math.min(MAX_GROUPS, Math.ceil(size / ITEMS_PER_GROUP)));
  const total = groups.reduce((sum, n) => sum + n, 0);
  const partials = allocate([total]);
  let base = 0;
  arrays.forEach((x, i) => {
    launch(specialize(sumSource, { WORKGROUP }), { x, partials }, { n: x.size, base }, [
      groups[i]!,
      1,
      1,
    ]);
    base += groups[i]!;
  });
  const out = allocate([]);
  launch(specialize(finishSource, { WORKGROUP }), { partials, out }, { n: total }, [1, 1, 1]);
  return out;
}

/** Scales `x` in place so that a norm over `maxNorm` becomes `maxNorm`. */
export function clipToNorm(x: NDArray, norm: NDArray, maxNorm: number): void {
  launch(specialize(clipSource), { norm, x }, { n: x.size, max_norm: maxNorm }, linearGrid(x.size));
}

/** Limits the values of `x` to low..high, in place. */
export function clampInto(x: NDArray, low: number, high: number): void {
  scope(
    () => copyInto(x, unary("clamp", x, low, high)),
    () => [],
  );
}
