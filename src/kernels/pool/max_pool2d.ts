import source from "../../../shaders/pool/max_pool2d.wgsl";
import type { HW, Shape, Window } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { choose } from "../variants/choose.ts";
import { planeOf, windowParams } from "../window_params.ts";
import { maxPoolGradients } from "./variants.ts";

/**
 * x [N, C, H, W] → [N, C, ...outHW], with the int32 position of each maximum in its plane if asked.
 * @param isRectified x is a ReLU's result: where the maximum is 0 its position is −1, so that the gradient is that of the
 *   ReLU too.
 */
export function maxPool2d(
  x: NDArray,
  window: Window,
  outHW: HW,
  withIndices: boolean,
  isRectified = false,
) {
  const { kernel } = window;
  const out = allocate([x.shape[0]!, x.shape[1]!, ...outHW], x.dtype);
  const indices = allocate(withIndices ? out.shape : [1], "i32");
  launch(
    specialize(source, {
      T: x.dtype,
      KERNEL_H: kernel[0],
      KERNEL_W: kernel[1],
      INDICES: withIndices,
      RECTIFIED: isRectified,
      INSIDE: liesInside(window, planeOf(x.shape), outHW),
    }),
    { x, out, indices },
    { n: out.size, ...windowParams(window, planeOf(x.shape), outHW) },
    linearGrid(out.size),
  );
  return { out, indices };
}

/** Whether no window reaches beyond the plane. */
function liesInside({ kernel, stride, dilation, pads }: Window, input: HW, output: HW): boolean {
  const end = (i: 0 | 1) => (output[i] - 1) * stride[i] + (kernel[i] - 1) * dilation[i];
  return pads.every((pad) => pad === 0) && end(0) < input[0] && end(1) < input[1];
}

/** Gradient of maxPool2d with respect to an input of shape `inShape`. */
export function maxPool2dGrad(
  dy: NDArray,
  indices: NDArray,
  window: Window,
  inShape: Shape,
): NDArray {
  const planes = inShape[0]! * inShape[1]!;
  const problem = { planes, input: planeOf(inShape), output: planeOf(dy.shape), window };
  const dx = allocate(inShape, dy.dtype);
  const { variant } = choose(maxPoolGradients, problem, dy.storage.device);
  variant.run(dy, indices, dx, problem);
  return dx;
}
