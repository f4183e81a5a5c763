import source from "../../../shaders/pool/avg_pool2d.wgsl";
import gradSource from "../../../shaders/pool/avg_pool2d_grad.wgsl";
import type { HW, Shape, Window } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { planeOf, windowParams } from "../window_params.ts";

/** x [N, C, H, W] → [N, C, ...outHW]: the mean of each window, padding counted or not. */
export function avgPool2d(
  x: NDArray,
  window: Window,
  outHW: HW,
  countIncludePad: boolean,
): NDArray {
  const out = allocate([x.shape[0]!, x.shape[1]!, ...outHW], x.dtype);
  launch(
    specialize(source, { T: x.dtype, COUNT_PADDING: countIncludePad }),
    { x, out },
    { n: out.size, ...windowParams(window, planeOf(x.shape), outHW) },
    linearGrid(out.size),
  );
  return out;
}

/** Gradient of avgPool2d with respect to an input of shape `inShape`. */
export function avgPool2dGrad(
  dy: NDArray,
  window: Window,
  inShape: Shape,
  countIncludePad: boolean,
): NDArray {
  const dx = allocate(inShape, dy.dtype);
  launch(
    specialize(gradSource, { T: dy.dtype, COUNT_PADDING: countIncludePad }),
    { dy, dx },
    { n: dx.size, ...windowParams(window, planeOf(inShape), planeOf(dy.shape)) },
    linearGrid(dx.size),
  );
  return dx;
}
