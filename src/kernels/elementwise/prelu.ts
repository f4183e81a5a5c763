import source from "../../../shaders/elementwise/prelu.wgsl";
import slopeSource from "../../../shaders/elementwise/prelu_slope_grad.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { layoutOf } from "../norm/layout.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";

/** value · (1 where x > 0, else the slope): PReLU of x where value is x, its gradient where that is the result's. */
export function preluTimes(value: NDArray, x: NDArray, slope: NDArray): NDArray {
  const [, channels, inner] = byChannel(x, slope);
  const out = allocate(x.shape, x.dtype);
  launch(
    specialize(source, { T: x.dtype }),
    { x, value, slope, out },
    { n: out.size, channels, inner },
    linearGrid(out.size),
  );
  return out;
}

/** The gradient of the slopes: Σ dy · x where x <= 0, for each or for all together. */
export function preluSlopeGrad(dy: NDArray, x: NDArray, slope: NDArray): NDArray {
  const layout = layoutOf(x.share(byChannel(x, slope)), "sums");
  const { channels, inner, count, shares, share, lanes, groups } = layout;
  const parts = allocate([shares, channels]);
  launch(
    specialize(slopeSource, { T: x.dtype, LANES: lanes }),
    { x, dy, parts },
    { channels, inner, count, shares, share },
    groups,
  );
  return sumMiddle(parts, { outer: 1, count: shares, inner: channels }, slope.shape);
}

/** x as [batch, channels, inner], a channel for each slope. */
function byChannel({ shape, size }: NDArray, slope: NDArray): [number, number, number] {
  if (slope.size === 1) return [1, 1, size];
  const inner = sizeOf(shape.slice(2));
  return [size / slope.size / inner, slope.size, inner];
}
