import source from "../../../shaders/layout/resize.wgsl";
import type { HW, Resizing, Sampling } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { planeOf, planeParams } from "../window_params.ts";

/** How a map is resized, in numbers. */
export interface ResizePlan extends Pick<Resizing, "mode" | "rounding"> {
  readonly outHW: HW;
  /** Of rows and of columns. */
  readonly sampling: readonly [Sampling, Sampling];
}

/** What is added to a place, so that rounding it down or up does what is wanted. */
const LEAD = { floor: 0, ceil: 0, preferFloor: -0.5, preferCeil: 0.5 };

/** x [N, C, H, W] → [N, C, ...outHW]. */
export function resize(x: NDArray, plan: ResizePlan): NDArray {
  const [n, c] = x.shape;
  return run(x, [n!, c!, ...plan.outHW], planeOf(x.shape), plan, false);
}

/** Gradient of `resize` with respect to an input of height and width `inHW`. */
export function resizeGradient(dy: NDArray, inHW: HW, plan: ResizePlan): NDArray {
  const [n, c] = dy.shape;
  return run(dy, [n!, c!, ...inHW], inHW, plan, true);
}

function run(
  x: NDArray,
  shape: readonly number[],
  inHW: HW,
  { mode, rounding, outHW, sampling }: ResizePlan,
  gradient: boolean,
): NDArray {
  const out = allocate(shape, x.dtype);
  const isLinear = mode === "bilinear";
  const lead = isLinear ? 0 : LEAD[rounding];
  launch(
    specialize(source, {
      T: x.dtype,
      LINEAR: isLinear,
      ROUND_UP: rounding === "ceil" || rounding === "preferFloor",
      GRAD: gradient,
    }),
    { x, out },
    {
      n: out.size,
      ...planeParams(inHW, outHW),
      step: sampling.map(({ step }) => step),
      before: sampling.map(({ before }) => before),
      after: sampling.map(({ after }) => after + lead),
    },
    linearGrid(out.size),
  );
  return out;
}
