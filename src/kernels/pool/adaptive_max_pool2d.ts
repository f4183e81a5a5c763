import source from "../../../shaders/pool/adaptive_max_pool2d.wgsl";
import gradSource from "../../../shaders/pool/adaptive_max_pool2d_grad.wgsl";
import type { HW, Shape } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { planeOf, planeParams } from "../window_params.ts";

/** Above this a window is shared by a whole workgroup. */
const LARGE_WINDOW = 128;

/** x [N, C, H, W] → [N, C, ...outHW], with the int32 position of each maximum in its plane. */
export function adaptiveMaxPool2d(x: NDArray, outHW: HW) {
  const [n, c, h, w] = x.shape;
  const out = allocate([n, c, ...outHW], x.dtype);
  const indices = allocate(out.shape, "i32");
  const window = Math.ceil(h / outHW[0]) * Math.ceil(w / outHW[1]);
  const lanes = window > LARGE_WINDOW ? 64 : 1;
  launch(
    specialize(source, { T: x.dtype, LANES: lanes }),
    { x, out, indices },
    { n: out.size, ...planeParams([h, w], outHW) },
    linearGrid(out.size, 64 / lanes),
  );
  return { out, indices };
}

/** Gradient of adaptiveMaxPool2d with respect to an input of shape `inShape`. */
export function adaptiveMaxPool2dGrad(dy: NDArray, indices: NDArray, inShape: Shape): NDArray {
  const dx = allocate(inShape, dy.dtype);
  launch(
    specialize(gradSource, { T: dy.dtype }),
    { dy, indices, dx },
    { n: dx.size, ...planeParams(planeOf(inShape), planeOf(dy.shape)) },
    linearGrid(dx.size),
  );
  return dx;
}
