import source from "../../../shaders/pool/max_pool2d.wgsl";
import type { HW, Shape, Window } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { choose } from "../variants/choose.ts";
import { maxPoolGradients } from "./variants.ts";

/** x [N, C, H, W] → [N, C, ...outHW], with the int32 position of each maximum in its plane if asked. */
export function maxPool2d(x: NDArray, window: Window, outHW: HW, withIndices: boolean) {
  const [n, c, inH, inW] = x.shape;
  const { kernel, stride, dilation, pads } = window;
  const out = allocate([n, c, ...outHW], x.dtype);
  const indices = allocate(withIndices ? out.shape : [1], "i32");
  const constants = { T: x.dtype, KERNEL_H: kernel[0], KERNEL_W: kernel[1], INDICES: withIndices };
  launch(
    specialize(source, constants),
    { x, out, indices },
    {
      n: out.size,
      in_h: inH,
      in_w: inW,
      out_h: outHW[0],
      out_w: outHW[1],
      stride_h: stride[0],
      stride_w: stride[1],
      dilation_h: dilation[0],
      dilation_w: dilation[1],
      pad_top: pads[0],
      pad_left: pads[2],
    },
    linearGrid(out.size),
  );
  return { out, indices };
}

/** Gradient of maxPool2d with respect to an input of shape `inShape`. */
export function maxPool2dGrad(
  dy: NDArray,
  indices: NDArray,
  window: Window,
  inShape: Shape,
): NDArray {
  const [batch, channels, inH, inW] = inShape;
  const [outH, outW] = dy.shape.slice(2);
  const problem = {
    planes: batch! * channels!,
    input: [inH!, inW!],
    output: [outH!, outW!],
    window,
  } as const;
  const dx = allocate(inShape, dy.dtype);
  const { variant } = choose(maxPoolGradients, problem, dy.storage.device);
  variant.run(dy, indices, dx, problem);
  return dx;
}
