import type { DeviceProfile } from "../../gpu/index.ts";
import type { Convolution } from "../conv2d/conv_variant.ts";
import { productCost } from "../matmul/estimate.ts";
import type { GemmSize } from "../matmul/problem.ts";
import { paddedTiles, planesOf, type TileSize } from "./winograd_transforms.ts";

/** Transforms and products of one pass, in multiply-adds of one thread. */
export function winogradCost(
  { pass, shape }: Convolution,
  M: TileSize,
  profile: DeviceProfile,
): number {
  const { batch, channels: C, outChannels: O } = shape;
  const planes = planesOf(M);
  const [height, width] =
    pass === "input" ? [shape.height, shape.width] : [shape.outHeight, shape.outWidth];
  const tiles = paddedTiles(batch * Math.ceil(height / M) * Math.ceil(width / M));
  const element = profile.elementCost + 2; // and two additions
  const patches = tiles * (C * 2 * planes + O * (planes + M * M)) * element;
  const filters = O * C * (9 + planes) * element;
  return patches + filters + productsCost(pass, { O, C, tiles, planes }, profile);
}

function productsCost(
  pass: Convolution["pass"],
  { O, C, tiles, planes }: { O: number; C: number; tiles: number; planes: number },
  profile: DeviceProfile,
): number {
  const inFours = O % 4 === 0 && C % 4 === 0;
  if (pass === "weight")
    return productCost(profile, { m: O, n: C, k: tiles, batches: planes }, inFours);
  const [m, k] = pass === "forward" ? [O, C] : [C, O];
  const size = { m, n: tiles, k, batches: planes };
  return productCost(profile, tilesAsRows(profile, size) ? turned(size) : size, inFours);
}

/** Whether the product is cheaper with tiles as rows: when they are few, threads are better spent on channels. */
export function tilesAsRows(profile: DeviceProfile, size: GemmSize): boolean {
  const inFours = size.m % 4 === 0;
  return productCost(profile, turned(size), inFours) < productCost(profile, size, inFours);
}

function turned(size: GemmSize): GemmSize {
  return { ...size, m: size.n, n: size.m };
}
