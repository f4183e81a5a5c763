/** Parameters that kernels of planes of pixels have in common, under the names that their shaders have for them. */
import type { HW, Shape, Window } from "../base/index.ts";

/** Height and width of an array [N, C, H, W]. */
export function planeOf(shape: Shape): HW {
  return [shape[2]!, shape[3]!];
}

/** `Planes` of shaders/lib/planes.wgsl. */
export function planeParams(inHW: HW, outHW: HW) {
  return { in_h: inHW[0], in_w: inHW[1], out_h: outHW[0], out_w: outHW[1] };
}

/** `Window` of shaders/lib/window.wgsl. */
export function windowParams({ kernel, stride, dilation, pads }: Window, inHW: HW, outHW: HW) {
  return {
    ...planeParams(inHW, outHW),
    kernel_h: kernel[0],
    kernel_w: kernel[1],
    stride_h: stride[0],
    stride_w: stride[1],
    dilation_h: dilation[0],
    dilation_w: dilation[1],
    pad_top: pads[0],
    pad_bottom: pads[1],
    pad_left: pads[2],
    pad_right: pads[3],
  };
}
