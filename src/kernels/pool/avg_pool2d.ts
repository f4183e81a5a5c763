import source from "../../../shaders/pool/avg_pool2d.wgsl";
import gradSource from "../../../shaders/pool/avg_pool2d_grad.wgsl";
import type { HW, Shape, Window } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

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
    { n: out.size, ...geometry(x.shape, out.shape, window) },
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
    { n: dx.size, ...geometry(inShape, dy.shape, window) },
    linearGrid(dx.size),
  );
  return dx;
}

function geometry(inShape: Shape, outShape: Shape, { kernel, stride, pads }: Window) {
  return {
    in_h: inShape[2]!,
    in_w: inShape[3]!,
    out_h: outShape[2]!,
    out_w: outShape[3]!,
    kernel_h: kernel[0],
    kernel_w: kernel[1],
    stride_h: stride[0],
    stride_w: stride[1],
    pad_top: pads[0],
    pad_bottom: pads[1],
    pad_left: pads[2],
    pad_right: pads[3],
  };
}
