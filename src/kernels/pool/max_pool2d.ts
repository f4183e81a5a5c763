import source from "../../../shaders/pool/max_pool2d.wgsl";
import gradSource from "../../../shaders/pool/max_pool2d_grad.wgsl";
import scatterSource from "../../../shaders/pool/max_pool2d_scatter.wgsl";
import type { HW, Window } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray, type Shape } from "../array.ts";

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
  const [inH, inW] = inShape.slice(2);
  const [outH, outW] = dy.shape.slice(2);
  const { kernel, stride, dilation, pads } = window;
  const dx = allocate(inShape, dy.dtype);
  if (tilesInput(window, [inH, inW], [outH, outW])) {
    launch(
      specialize(scatterSource, { T: dy.dtype, KERNEL_H: kernel[0], KERNEL_W: kernel[1] }),
      { dy, indices, dx },
      { n: dy.size, out_w: outW, out_area: outH * outW },
      linearGrid(dy.size),
    );
    return dx;
  }
  launch(
    specialize(gradSource, { T: dy.dtype }),
    { dy, indices, dx },
    {
      n: dx.size,
      in_h: inH,
      in_w: inW,
      out_h: outH,
      out_w: outW,
      stride_h: stride[0],
      stride_w: stride[1],
      reach_h: dilation[0] * (kernel[0] - 1),
      reach_w: dilation[1] * (kernel[1] - 1),
      pad_top: pads[0],
      pad_left: pads[2],
    },
    linearGrid(dx.size),
  );
  return dx;
}

/** Whether each input belongs to exactly one window. */
function tilesInput({ kernel, stride, dilation, pads }: Window, input: HW, output: HW): boolean {
  const along = (i: 0 | 1) =>
    stride[i] === kernel[i] && dilation[i] === 1 && input[i] === output[i] * kernel[i];
  return pads.every((pad) => pad === 0) && along(0) && along(1);
}
