/**
 * 3 × 3 convolutions of stride 1 by Winograd's minimal filtering F(M × M, 3 × 3), M = 2 or 4: transform the input's
 * patches and the filters, multiply (a batched matrix product over (M + 2)² planes), transform back. It needs
 * 9·M² / (M + 2)² times fewer multiplications than the definition: 2.25 or 4.
 * Lavin & Gray, Fast Algorithms for Convolutional Neural Networks, https://arxiv.org/abs/1509.09308.
 */

import filterSource from "../../../shaders/winograd_filter.wgsl";
import filterAdjointSource from "../../../shaders/winograd_filter_adjoint.wgsl";
import inputSource from "../../../shaders/winograd_input.wgsl";
import outputSource from "../../../shaders/winograd_output.wgsl";
import outputAdjointSource from "../../../shaders/winograd_output_adjoint.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { addInto } from "../elementwise.ts";
import { gemm, gemmParts } from "../gemm.ts";
import { chunksOf, fitsChunk } from "./columns.ts";
import {
  type ConvShape,
  type ForwardOptions,
  inputShape,
  outputShape,
  weightShape,
} from "./shape.ts";

export type TileSize = 2 | 4;

/** A correlation with 3 × 3 filters as the transforms see it: forward, or the input's gradient. */
interface Correlation {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** May be negative: rows and columns that no window sees. */
  readonly padTop: number;
  readonly padLeft: number;
}

/** Forward convolution by Winograd's method. */
export function winogradForward(
  x: NDArray,
  u: NDArray,
  shape: ConvShape,
  M: TileSize,
  options: ForwardOptions,
): NDArray {
  const [padTop, , padLeft] = shape.window.pads;
  const out = allocate(outputShape(shape), x.dtype);
  correlate(x, u, { ...shape, padTop, padLeft }, M, out, options);
  return out;
}

/** Gradient with respect to the input: a correlation of dy with the turned filters (`winogradFilter(…, true)`). */
export function winogradInputGradient(
  dy: NDArray,
  u: NDArray,
  shape: ConvShape,
  M: TileSize,
): NDArray {
  const [top, , left] = shape.window.pads;
  const dx = allocate(inputShape(shape), dy.dtype);
  const turned: Correlation = {
    batch: shape.batch,
    channels: shape.outChannels,
    height: shape.outHeight,
    width: shape.outWidth,
    outChannels: shape.channels,
    outHeight: shape.height,
    outWidth: shape.width,
    padTop: 2 - top,
    padLeft: 2 - left,
  };
  correlate(dy, u, turned, M, dx, {});
  return dx;
}

/** The filters transformed, [(M + 2)², k, rows]; `rotated` for the input's gradient. */
export function winogradFilter(weight: NDArray, M: TileSize, rotated: boolean): NDArray {
  const [O, C] = weight.shape as [number, number];
  const u = allocate([(M + 2) ** 2, rotated ? O : C, rotated ? C : O], "f32");
  transformFilter(weight, u, M, rotated);
  return u;
}

/** Transforms the filters into `u`, made by `winogradFilter`. */
export function transformFilter(weight: NDArray, u: NDArray, M: TileSize, rotated: boolean): void {
  const [O, C] = weight.shape as [number, number];
  launch(
    specialize(filterSource, { T: weight.dtype, M, ROTATED: rotated }),
    { weight, u },
    rotated
      ? { rows: C, inner: O, row_stride: 1, inner_stride: C }
      : { rows: O, inner: C, row_stride: C, inner_stride: 1 },
    linearGrid(O * C),
  );
}

/** Gradient with respect to the weight, summed over tiles in the transformed domain. */
export function winogradWeightGradient(
  x: NDArray,
  dy: NDArray,
  shape: ConvShape,
  M: TileSize,
): NDArray {
  const [padTop, , padLeft] = shape.window.pads;
  const correlation = { ...shape, padTop, padLeft };
  let sum: NDArray | null = null;
  for (const chunk of tileChunks(correlation, M)) {
    const v = transformInput(x, correlation, M, chunk);
    const q = transformOutputGradient(dy, correlation, M, chunk);
    const part = weightGradientOf(v, q, shape, M, chunk.tiles, x);
    if (sum) addInto(sum, part);
    sum ??= part;
  }
  return sum!;
}

function weightGradientOf(
  v: NDArray,
  q: NDArray,
  shape: ConvShape,
  M: TileSize,
  tiles: number,
  x: NDArray,
): NDArray {
  const [m, n] = [shape.outChannels, shape.channels];
  const matrix = (array: NDArray, rows: number) => ({
    array,
    across: { step: tiles },
    k: { step: 1 },
    batch: [0, 0, 0, rows * tiles],
  });
  const { parts, count } = gemmParts({
    m,
    n,
    k: tiles,
    batches: (M + 2) ** 2,
    a: matrix(q, m),
    b: matrix(v, n),
  });
  v.release(); // these are large: don't wait for the end of the op
  q.release();
  const dw = allocate(weightShape(shape), x.dtype);
  launch(
    specialize(filterAdjointSource, { T: x.dtype, M, SINGLE: count === 1 }),
    { parts, dw },
    { filters: m * n, parts: count },
    linearGrid(m * n),
  );
  parts.release();
  return dw;
}

function correlate(
  x: NDArray,
  u: NDArray,
  shape: Correlation,
  M: TileSize,
  out: NDArray,
  options: ForwardOptions,
) {
  const { bias = null, activation = "none" } = options;
  const [m, k] = [shape.outChannels, shape.channels];
  for (const chunk of tileChunks(shape, M)) {
    const n = chunk.tiles;
    const v = transformInput(x, shape, M, chunk);
    const products = gemm(
      {
        m,
        n,
        k,
        batches: (M + 2) ** 2,
        a: { array: u, across: { step: 1 }, k: { step: m }, batch: [0, 0, 0, k * m] },
        b: { array: v, across: { step: 1 }, k: { step: n }, batch: [0, 0, 0, k * n] },
      },
      [(M + 2) ** 2, m, n],
    );
    v.release(); // these are large: don't wait for the end of the op
    launch(
      specialize(outputSource, { T: x.dtype, M, BIAS: bias !== null, RELU: activation === "relu" }),
      { products, bias: bias ?? x, out },
      {
        channels: m,
        height: shape.outHeight,
        width: shape.outWidth,
        ...tileParams(shape, M),
        ...chunk,
      },
      linearGrid(m * n),
    );
    products.release();
  }
}

function transformInput(x: NDArray, shape: Correlation, M: TileSize, chunk: TileChunk): NDArray {
  const { channels, height, width, padTop, padLeft } = shape;
  const v = allocate([(M + 2) ** 2, channels, chunk.tiles], "f32");
  launch(
    specialize(inputSource, { T: x.dtype, M }),
    { x, v },
    {
      channels,
      height,
      width,
      ...tileParams(shape, M),
      ...chunk,
      pad_top: padTop,
      pad_left: padLeft,
    },
    linearGrid(channels * chunk.tiles),
  );
  return v;
}

function transformOutputGradient(
  dy: NDArray,
  shape: Correlation,
  M: TileSize,
  chunk: TileChunk,
): NDArray {
  const { outChannels: channels, outHeight: height, outWidth: width } = shape;
  const q = allocate([(M + 2) ** 2, channels, chunk.tiles], "f32");
  launch(
    specialize(outputAdjointSource, { T: dy.dtype, M }),
    { dy, q },
    { channels, height, width, ...tileParams(shape, M), ...chunk },
    linearGrid(channels * chunk.tiles),
  );
  return q;
}

function tileParams({ outHeight, outWidth }: Correlation, M: TileSize) {
  return { tiles_y: Math.ceil(outHeight / M), tiles_x: Math.ceil(outWidth / M) };
}

function tilesPerImage(
  { outHeight, outWidth }: { outHeight: number; outWidth: number },
  M: TileSize,
): number {
  return Math.ceil(outHeight / M) * Math.ceil(outWidth / M);
}

/** A chunk of images as the transforms see it. */
interface TileChunk {
  readonly first: number;
  readonly tiles: number;
}

function tileChunks(shape: Correlation, M: TileSize): TileChunk[] {
  const chunks = chunksOf(shape.batch, imageBytes(shape, M));
  return chunks.map(({ first, images }) => ({ first, tiles: images * tilesPerImage(shape, M) }));
}

/** What one transformed image takes, input or output, whichever is larger. */
function imageBytes(shape: Correlation, M: TileSize): number {
  return 4 * (M + 2) ** 2 * tilesPerImage(shape, M) * Math.max(shape.channels, shape.outChannels);
}

/** Whether Winograd's method covers this convolution with transformed images of a size that can be had. */
export function winogradCovers(shape: ConvShape, M: TileSize): boolean {
  const { kernel, stride, dilation } = shape.window;
  const plain =
    kernel.every((n) => n === 3) && stride.every((n) => n === 1) && dilation.every((n) => n === 1);
  return (
    plain && shape.groups === 1 && fitsChunk(imageBytes({ ...shape, padTop: 0, padLeft: 0 }, M))
  );
}
