import type { Device } from "../../gpu/index.ts";
import { measuring } from "../tuning/measuring.ts";
import { adapterClass, estimateGemm } from "../tuning/tuning.ts";
import { columnRows } from "./columns.ts";
import { isDepthwise } from "./depthwise.ts";
import type { ConvShape } from "./shape.ts";
import { tilesAsRows, winogradCovers } from "./winograd.ts";
import { paddedTiles, planesOf, type TileSize } from "./winograd_transforms.ts";

export type ConvAlgorithm = "depthwise" | "product" | "winograd2" | "winograd4";
export type ConvPass = "forward" | "input" | "weight";

/**
 * Forward takes the smaller tile, whose error is 1e-6: the larger one's 1e-5 flips ReLUs and pooling
 * maxima on the borderline, after which training losses drift away from PyTorch's by a percent in
 * ten steps. The gradient passes only scale an error and keep it small, and where a training step
 * differentiates nothing, as in frozen layers, there is nothing to flip.
 */
const DEFAULT_TILES = { forward: 2, input: 4, weight: 4 } as const;

/** Largest Winograd tile that may be chosen in each pass; 0 turns the method off. */
let largestTile: Readonly<Record<ConvPass, 0 | TileSize>> = DEFAULT_TILES;
let forced: ConvAlgorithm | null = null;

/** Turns Winograd's method off (exact to float32 rounding) or on again. */
export function setWinograd(enabled: boolean): void {
  largestTile = enabled ? DEFAULT_TILES : { forward: 0, input: 0, weight: 0 };
}

/** Sets the largest Winograd tile of each pass (tests, benches): larger ones are faster and round more. */
export function setWinogradTiles(tiles: Readonly<Record<ConvPass, 0 | TileSize>>): void {
  largestTile = tiles;
}

/** Uses one algorithm wherever it applies (tests, benches), or lifts that with null. */
export function setConvAlgorithm(algorithm: ConvAlgorithm | null): void {
  forced = algorithm;
}

/** Every algorithm that can compute this convolution. */
export function convCandidates(shape: ConvShape): ConvAlgorithm[] {
  const found: ConvAlgorithm[] = [isDepthwise(shape) ? "depthwise" : "product"];
  if (winogradCovers(shape, 2)) found.push("winograd2");
  if (winogradCovers(shape, 4)) found.push("winograd4");
  return found;
}

export interface ConvQuestion {
  readonly pass: ConvPass;
  /** Of forward: the convolution is a frozen part of a training step. */
  readonly isFrozen?: boolean;
}

/** The algorithm that should be fastest by rule. */
export function chooseConvAlgorithm(
  device: Device,
  shape: ConvShape,
  question: ConvQuestion,
): ConvAlgorithm {
  const candidates = convCandidates(shape);
  if (forced && candidates.includes(forced)) return forced;
  const { pass, isFrozen = false } = question;
  const largest = isFrozen && largestTile.forward > 0 ? largestTile.input : largestTile[pass];
  const allowed = candidates.filter((algorithm) => (tileSize(algorithm) ?? 0) <= largest);
  const measured = measuring(device)?.tunedConv(device, pass, shape, allowed);
  if (measured) return measured;
  const cost = (algorithm: ConvAlgorithm) => estimate(device, shape, algorithm, question);
  return allowed.reduce((best, other) => (cost(other) < cost(best) ? other : best));
}

/** Whose tiles an algorithm uses. */
export function tileSize(algorithm: ConvAlgorithm): TileSize | null {
  if (algorithm === "winograd2") return 2;
  return algorithm === "winograd4" ? 4 : null;
}

/** Cost of reading or writing an element, in multiply-adds: bounds checks in software, bandwidth on a GPU. */
const ELEMENT = { software: 16, gpu: 25 } as const;

function estimate(
  device: Device,
  shape: ConvShape,
  algorithm: ConvAlgorithm,
  question: ConvQuestion,
): number {
  const element = ELEMENT[adapterClass(device)];
  const M = tileSize(algorithm);
  if (M) return winogradCost(device, shape, M, element, question);
  if (algorithm === "product") return productCost(device, shape, element, question.pass);
  return 0; // made for just this shape
}

function productCost(device: Device, shape: ConvShape, element: number, pass: ConvPass): number {
  const m = shape.outChannels / shape.groups;
  const k = columnRows(shape) / shape.groups;
  const n = shape.batch * shape.outHeight * shape.outWidth;
  const [a, b, c] = pass === "forward" ? [m, n, k] : pass === "input" ? [k, n, m] : [m, k, n];
  const columns = 2 * columnRows(shape) * n * element;
  return estimateGemm(device, { m: a, n: b, k: c, batches: shape.groups }) + columns;
}

function winogradCost(
  device: Device,
  shape: ConvShape,
  M: TileSize,
  element: number,
  { pass }: ConvQuestion,
): number {
  const { batch, channels: C, outChannels: O } = shape;
  const planes = planesOf(M);
  const [height, width] =
    pass === "input" ? [shape.height, shape.width] : [shape.outHeight, shape.outWidth];
  const tiles = paddedTiles(batch * Math.ceil(height / M) * Math.ceil(width / M));
  const patches = tiles * (C * 2 * planes + O * (planes + M * M)) * (element + 2);
  const filters = O * C * (9 + planes) * (element + 2);
  const inFours = O % 4 === 0 && C % 4 === 0;
  if (pass === "weight") {
    return (
      estimateGemm(device, { m: O, n: C, k: tiles, batches: planes }, inFours) + patches + filters
    );
  }
  const [m, k] = pass === "forward" ? [O, C] : [C, O];
  const size = { m, n: tiles, k, batches: planes };
  const product = tilesAsRows(device, size) ? { ...size, m: tiles, n: m } : size;
  return estimateGemm(device, product, inFours) + patches + filters;
}
