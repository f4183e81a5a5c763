import source from "../../../../shaders/conv2d/implicit_weight_gradient.wgsl";
import { sizeOf } from "../../../base/index.ts";
import { type DeviceProfile, launch, linearGrid, specialize } from "../../../gpu/index.ts";
import { allocate, type NDArray } from "../../array.ts";
import { sumMiddle } from "../../reduce/sum_partials.ts";
import { type ConvShape, sizeParams, weightShape } from "../shape.ts";
import { isHalf, type Side, sideFor } from "./side.ts";

export { source as implicitWeightGradientSource };

/** Pixels that are worth a slice of their own. */
const LONG_SLICE = 256;
/** A block whose columns are of several taps takes this many times as long. */
const FLAT_COST = 1.1;

/** Gradient with respect to the weight: x [N, C, H, W] and dy [N, O, OH, OW] give [O, C/groups, KH, KW]. */
export function weightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const target = weightShape(shape);
  const plan = planFor(x.storage.device.profile, shape);
  const { SIDE, flat, tilesM, tilesN, planes, splits, slice } = plan;
  const [m, channels] = [shape.outChannels / shape.groups, shape.channels / shape.groups];
  const direct = splits === 1;
  const parts = direct ? allocate(target, x.dtype) : allocate([splits, ...target], "f32");
  launch(
    specialize(source, {
      T: x.dtype,
      TOUT: parts.dtype,
      SIDE,
      HALF: isHalf(SIDE, m),
      WRITTEN_OUT: x.storage.device.profile.longKernels,
      PAD: SIDE === 8 ? 1 : 0, // the larger blocks fill all of the workgroup's memory
      FLAT: flat,
      PADDED: shape.window.pads.some((pad) => pad > 0),
    }),
    { dy, x, parts },
    {
      ...sizeParams(shape),
      channels,
      out_channels: m,
      groups: shape.groups,
      pixels: pixelsOf(shape),
      slice,
      splits,
      tiles_m: tilesM,
      tiles_n: tilesN,
    },
    linearGrid(tilesM * tilesN * planes * shape.groups * splits, 1),
  );
  if (direct) return parts;
  const inner = sizeOf(target);
  return sumMiddle(parts, { outer: 1, count: splits, inner }, target, { dtype: x.dtype });
}

const pixelsOf = ({ batch, outHeight, outWidth }: ConvShape) => batch * outHeight * outWidth;

/** How the product is cut: blocks of results, planes of taps, and slices of the pixels that keep all cores busy. */
function planFor(profile: DeviceProfile, shape: ConvShape) {
  const { channels, outChannels, groups, window } = shape;
  const [m, n] = [outChannels / groups, channels / groups];
  const taps = window.kernel[0] * window.kernel[1];
  const SIDE: Side = sideFor(profile, m, n, Number.POSITIVE_INFINITY);
  const block = 8 * SIDE;
  const flatTiles = Math.ceil((Math.ceil(n / 4) * 4 * taps) / block);
  const flat = SIDE === 8 && FLAT_COST * flatTiles < taps * Math.ceil(n / block);
  const tilesM = Math.ceil(m / block);
  const tilesN = flat ? flatTiles : Math.ceil(n / block);
  const planes = flat ? 1 : taps;
  const pixels = pixelsOf(shape);
  // Smaller workgroups: more of them.
  const busy = profile.busyWorkgroups * (SIDE === 8 ? 4 : 1);
  const wanted = Math.floor(busy / (tilesM * tilesN * planes * groups));
  const most = Math.max(1, Math.min(wanted, Math.floor(pixels / LONG_SLICE)));
  const slice = Math.ceil(pixels / most / 16) * 16;
  return { SIDE, flat, tilesM, tilesN, planes, slice, splits: Math.ceil(pixels / slice) };
}
