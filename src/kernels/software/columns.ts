import col2imSource from "../../../shaders/conv2d/col2im.wgsl";
import im2colSource from "../../../shaders/conv2d/im2col.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { type ConvShape, sizeParams } from "../conv2d/shape.ts";

export const columnSources = [im2colSource, col2imSource];

/** Images worked on together. */
export interface Chunk {
  readonly first: number;
  readonly images: number;
}

/** What the columns of one chunk may take; whole images, at least one. */
const CHUNK_BYTES = 96 * 2 ** 20;

/**
 * Cuts a batch into like parts, which can share their memory, so that what `bytesPerImage` counts stays bounded.
 * @param budget of bytes, where it is smaller than what a chunk may take anyway.
 */
export function chunksOf(
  batch: number,
  bytesPerImage: number,
  budget = Number.POSITIVE_INFINITY,
): Chunk[] {
  const limit = Math.max(1, Math.floor(Math.min(budget, CHUNK_BYTES) / bytesPerImage));
  const most = Math.ceil(batch / Math.ceil(batch / limit));
  const chunks: Chunk[] = [];
  for (let first = 0; first < batch; first += most) {
    chunks.push({ first, images: Math.min(most, batch - first) });
  }
  return chunks;
}

/** Whether one image's worth fits into a chunk. */
export function fitsChunk(bytesPerImage: number): boolean {
  return bytesPerImage <= CHUNK_BYTES;
}

/** Rows of the columns: input channels times taps. */
export function columnRows({ channels, window }: ConvShape): number {
  return channels * window.kernel[0] * window.kernel[1];
}

/** Of one image's columns. */
export function columnBytes(shape: ConvShape): number {
  return 4 * columnRows(shape) * shape.outHeight * shape.outWidth;
}

/** What each output pixel sees: [channels · taps, images · outHeight · outWidth]. */
export function im2col(x: NDArray, shape: ConvShape, { first, images }: Chunk): NDArray {
  const pixels = images * shape.outHeight * shape.outWidth;
  const cols = allocate([columnRows(shape), pixels], x.dtype);
  launch(
    specialize(im2colSource, { T: x.dtype }),
    { x, cols },
    { ...sizeParams(shape), pixels, first },
    linearGrid(shape.channels * pixels),
  );
  return cols;
}

/** The transpose of `im2col`: sums columns into the images of a chunk of dx. */
export function col2im(
  cols: NDArray,
  dx: NDArray,
  shape: ConvShape,
  { first, images }: Chunk,
): void {
  launch(
    specialize(col2imSource, { T: dx.dtype }),
    { cols, dx },
    { ...sizeParams(shape), images, first },
    linearGrid(images * shape.channels * shape.height * shape.width),
  );
}
