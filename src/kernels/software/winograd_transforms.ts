/**
 * The transforms of Winograd's minimal filtering F(M × M, 3 × 3), M = 2 or 4, each one launch.
 * Lavin & Gray, Fast Algorithms for Convolutional Neural Networks, https://arxiv.org/abs/1509.09308.
 */
import filterSource from "../../../shaders/conv2d/winograd_filter.wgsl";
import filterAdjointSource from "../../../shaders/conv2d/winograd_filter_adjoint.wgsl";
import inputSource from "../../../shaders/conv2d/winograd_input.wgsl";
import outputSource from "../../../shaders/conv2d/winograd_output.wgsl";
import outputAdjointSource from "../../../shaders/conv2d/winograd_output_adjoint.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Epilogue } from "../epilogue.ts";
import { chunksOf } from "./columns.ts";

export const transformSources = [
  filterSource,
  filterAdjointSource,
  inputSource,
  outputSource,
  outputAdjointSource,
];

export type TileSize = 2 | 4;

/** A correlation with 3 × 3 filters as the transforms see it: forward, or the input's gradient. */
export interface Correlation {
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

/** Images transformed together. */
export interface TileChunk {
  readonly first: number;
  readonly images: number;
  /** Of these images, rounded up to a multiple of four. */
  readonly tiles: number;
}

/** Elements of a transformed tile or filter. */
export function planesOf(M: TileSize): number {
  return (M + 2) ** 2;
}

/**
 * Filters [O, C, 3, 3] transformed to [planes, C, O]; `rotated`, for the input's gradient, to [planes, O, C].
 * With `alongK` the last two dimensions are exchanged, so that what the product sums over is contiguous.
 */
export function winogradFilter(
  weight: NDArray,
  M: TileSize,
  rotated: boolean,
  alongK: boolean,
): NDArray {
  const [O, C] = weight.shape as [number, number];
  const alongC = rotated !== alongK;
  const u = allocate([planesOf(M), ...(alongC ? [O, C] : [C, O])], "f32");
  launch(
    specialize(filterSource, { T: weight.dtype, M, ROTATED: rotated }),
    { weight, u },
    alongC
      ? { rows: C, inner: O, row_stride: 1, inner_stride: C }
      : { rows: O, inner: C, row_stride: C, inner_stride: 1 },
    linearGrid(O * C),
  );
  return u;
}

/** The input's patches transformed: [planes, channels, tiles], or [planes, tiles, channels]. */
export function transformInput(
  x: NDArray,
  shape: Correlation,
  M: TileSize,
  chunk: TileChunk,
  tileMajor: boolean,
): NDArray {
  const { channels, height, width, padTop, padLeft } = shape;
  const v = allocate([planesOf(M), channels * chunk.tiles], "f32");
  launch(
    specialize(inputSource, { T: x.dtype, M }),
    { x, v },
    {
      channels,
      in_h: height,
      in_w: width,
      ...tileParams(shape, M),
      ...chunk,
      pad_top: padTop,
      pad_left: padLeft,
      tile_major: Number(tileMajor),
    },
    linearGrid(channels * chunk.tiles),
  );
  return v;
}

/** Products [planes, outChannels, tiles] (or [planes, tiles, outChannels]) transformed back into `out`. */
export function transformOutput(
  products: NDArray,
  out: NDArray,
  shape: Correlation,
  M: TileSize,
  chunk: TileChunk,
  tileMajor: boolean,
  { bias = null, activation = "none" }: Epilogue,
): void {
  launch(
    specialize(outputSource, {
      T: out.dtype,
      M,
      BIAS: bias !== null,
      RELU: activation === "relu",
    }),
    { products, bias: bias ?? products, out },
    outputParams(shape, M, chunk, tileMajor),
    linearGrid(shape.outChannels * chunk.images * tilesPerImage(shape, M)),
  );
}

/** The output's gradient transformed: [planes, outChannels, tiles], or [planes, tiles, outChannels]. */
export function transformOutputGradient(
  dy: NDArray,
  shape: Correlation,
  M: TileSize,
  chunk: TileChunk,
  tileMajor: boolean,
): NDArray {
  const q = allocate([planesOf(M), chunk.tiles * shape.outChannels], "f32");
  launch(
    specialize(outputAdjointSource, { T: dy.dtype, M }),
    { dy, q },
    outputParams(shape, M, chunk, tileMajor),
    linearGrid(shape.outChannels * chunk.tiles),
  );
  return q;
}

/** The gradient of transformed filters, [count, planes, O, C] still to be summed over `count`, as that of the filters. */
export function transformFilterGradient(
  parts: NDArray,
  count: number,
  dw: NDArray,
  M: TileSize,
): void {
  const filters = dw.shape[0]! * dw.shape[1]!;
  launch(
    specialize(filterAdjointSource, { T: dw.dtype, M, SINGLE: count === 1 }),
    { parts, dw },
    { filters, parts: count },
    linearGrid(filters),
  );
}

function outputParams(shape: Correlation, M: TileSize, chunk: TileChunk, tileMajor: boolean) {
  return {
    channels: shape.outChannels,
    out_h: shape.outHeight,
    out_w: shape.outWidth,
    ...tileParams(shape, M),
    ...chunk,
    tile_major: Number(tileMajor),
  };
}

function tileParams({ outHeight, outWidth }: Correlation, M: TileSize) {
  return { tiles_y: Math.ceil(outHeight / M), tiles_x: Math.ceil(outWidth / M) };
}

export function tilesPerImage(
  { outHeight, outWidth }: { outHeight: number; outWidth: number },
  M: TileSize,
): number {
  return Math.ceil(outHeight / M) * Math.ceil(outWidth / M);
}

/** @param budget bytes that what is transformed should take at most; whole images, at least one. */
export function tileChunks(
  shape: Correlation,
  M: TileSize,
  budget = Number.POSITIVE_INFINITY,
): TileChunk[] {
  const chunks = chunksOf(shape.batch, transformedBytes(shape, M), budget);
  return chunks.map(({ first, images }) => ({
    first,
    images,
    tiles: paddedTiles(images * tilesPerImage(shape, M)),
  }));
}

/** Whole vec4s of tiles, so that the products can be read and written four at a time. */
export function paddedTiles(tiles: number): number {
  return Math.ceil(tiles / 4) * 4;
}

/** What one transformed image takes, input or output, whichever is larger. */
export function transformedBytes(
  shape: { outHeight: number; outWidth: number; channels: number; outChannels: number },
  M: TileSize,
): number {
  const tiles = paddedTiles(tilesPerImage(shape, M));
  return 4 * planesOf(M) * tiles * Math.max(shape.channels, shape.outChannels);
}
