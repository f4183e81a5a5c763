import source from "../../../shaders/pool/adaptive_avg_pool.wgsl";
import { type HW, type Shape, sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { reduce } from "../reduce/reduce.ts";

/** x [N, C, H, W] → [N, C, ...outHW], each the mean of its window. */
export function adaptiveAvgPool2d(x: NDArray, outHW: HW): NDArray {
  const [n, c, h, w] = x.shape;
  if (outHW[0] * outHW[1] === 1) return reduce("sum", x, [2, 3], h * w);
  const planes = n * c;
  const rows = alongAxis(x, { outer: planes * h, size: w, count: outHW[1], inner: 1 }, false);
  const axis = { outer: planes, size: h, count: outHW[0], inner: outHW[1] };
  return alongAxis(rows, axis, false).share([n, c, ...outHW]);
}

/** Gradient of adaptiveAvgPool2d with respect to an input of shape `inShape`. */
export function adaptiveAvgPool2dGrad(dy: NDArray, inShape: Shape): NDArray {
  const [n, c, h, w] = inShape;
  const [outH, outW] = dy.shape.slice(2);
  const planes = n * c;
  if (outH * outW === 1) {
    return alongAxis(dy, { outer: planes, size: h * w, count: 1, inner: 1 }, true).share(inShape);
  }
  const rows = alongAxis(dy, { outer: planes, size: h, count: outH, inner: outW }, true);
  const axis = { outer: planes * h, size: w, count: outW, inner: 1 };
  return alongAxis(rows, axis, true).share(inShape);
}

/** [outer, size, inner] pooled to [outer, count, inner]. */
interface Axis {
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
}

function alongAxis(x: NDArray, { outer, size, count, inner }: Axis, grad: boolean): NDArray {
  const shape = [outer, grad ? size : count, inner];
  if (size === count) return x.share(shape);
  const out = allocate(shape, x.dtype);
  const kernel = specialize(source, { T: x.dtype, GRAD: grad });
  launch(kernel, { x, out }, { n: sizeOf(shape), size, count, inner }, linearGrid(sizeOf(shape)));
  return out;
}
