/**
 * Convolutions as matrix products, for every stride, padding, dilation and number of groups. What each output pixel
 * sees is gathered into columns first (im2col), a bounded number of images at a time; a 1 × 1 convolution of stride 1
 * needs no columns: its input serves as it is.
 */
import type { DeviceProfile } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Convolution, ConvVariant } from "../conv2d/conv_variant.ts";
import { implicit } from "../conv2d/implicit/implicit.ts";
import {
  type ConvShape,
  inputShape,
  isDepthwise,
  outputShape,
  weightShape,
} from "../conv2d/shape.ts";
import { addInto } from "../elementwise/elementwise.ts";
import type { Epilogue } from "../epilogue.ts";
import { productCost } from "../matmul/estimate.ts";
import { gemm, gemmInto } from "../matmul/gemm.ts";
import type { Gemm, Operand } from "../matmul/problem.ts";
import {
  type Chunk,
  chunksOf,
  col2im,
  columnBytes,
  columnRows,
  columnSources,
  im2col,
} from "./columns.ts";

/** Whether output pixels see one input pixel each, in the same order. */
function isPointwise({ window, height, width, outHeight, outWidth }: ConvShape): boolean {
  const one = window.kernel.every((n) => n === 1) && window.stride.every((n) => n === 1);
  return one && window.pads.every((n) => n === 0) && height === outHeight && width === outWidth;
}

function chunks(shape: ConvShape): Chunk[] {
  return isPointwise(shape)
    ? [{ first: 0, images: shape.batch }]
    : chunksOf(shape.batch, columnBytes(shape));
}

/** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], bias and activation applied in the same launch. */
function forward(x: NDArray, weight: NDArray, shape: ConvShape, epilogue: Epilogue): NDArray {
  const parts = chunks(shape);
  const problem = (chunk: Chunk): Gemm => {
    const { m, k, n, area, pixel } = sizes(shape, chunk);
    return {
      m,
      n,
      k,
      batches: shape.groups,
      inner: { n: area },
      a: { array: weight, across: { step: k }, k: { step: 1 }, batch: [0, 0, 0, m * k] },
      b: columnsOf(x, shape, chunk),
      out: {
        row: { step: area },
        column: pixel,
        batch: [0, 0, 0, m * area],
        first: chunk.first * shape.outChannels * area,
      },
      epilogue: { ...epilogue, biasAlong: "rows", biasBatch: m },
    };
  };
  if (parts.length === 1) return gemm(problem(parts[0]!), outputShape(shape));
  const out = allocate(outputShape(shape), x.dtype);
  for (const chunk of parts) {
    const one = problem(chunk);
    gemmInto(one, out);
    one.b.array.release(); // large: don't wait for the end of the op
  }
  return out;
}

/** Gradient with respect to the input: columns of gradients, summed where they overlap. */
function inputGradient(dy: NDArray, weight: NDArray, shape: ConvShape): NDArray {
  const problem = (chunk: Chunk): Gemm => {
    const { m, k, n, area } = sizes(shape, chunk);
    return {
      m: k,
      n,
      k: m,
      batches: shape.groups,
      inner: { n: area },
      a: { array: weight, across: { step: 1 }, k: { step: k }, batch: [0, 0, 0, m * k] },
      b: gradientOf(dy, shape, chunk, "columns"),
    };
  };
  if (isPointwise(shape)) {
    const all = { first: 0, images: shape.batch };
    const { k, area } = sizes(shape, all);
    const column = { step: 1, outer: shape.channels * area };
    const out = { row: { step: area }, column, batch: [0, 0, 0, k * area] };
    return gemm({ ...problem(all), out }, inputShape(shape));
  }
  const dx = allocate(inputShape(shape), dy.dtype);
  for (const chunk of chunks(shape)) {
    const cols = gemm(problem(chunk), [columnRows(shape), sizes(shape, chunk).n]);
    col2im(cols, dx, shape, chunk);
    cols.release();
  }
  return dx;
}

/** Gradient with respect to the weight: a product whose sum runs over the pixels of all images. */
function weightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  let sum: NDArray | null = null;
  for (const chunk of chunks(shape)) {
    const { m, k, n, area } = sizes(shape, chunk);
    const { across, k: along, ...b } = columnsOf(x, shape, chunk);
    const part = gemm(
      {
        m,
        n: k,
        k: n,
        batches: shape.groups,
        inner: { k: area },
        a: gradientOf(dy, shape, chunk, "rows"),
        b: { ...b, across: along, k: across },
      },
      weightShape(shape),
    );
    if (b.array !== x) b.array.release();
    if (sum) addInto(sum, part);
    sum ??= part;
  }
  return sum!;
}

/** Sizes of the forward product of one group: m output channels, k inputs per pixel, n pixels. */
function sizes(shape: ConvShape, chunk: Chunk) {
  const area = shape.outHeight * shape.outWidth;
  return {
    m: shape.outChannels / shape.groups,
    k: columnRows(shape) / shape.groups,
    n: chunk.images * area,
    area,
    /** From pixel to pixel and from image to image of the output. */
    pixel: { step: 1, outer: shape.outChannels * area },
  };
}

/** The columns [k, pixels] of a chunk: gathered, or the input itself. */
function columnsOf(x: NDArray, shape: ConvShape, chunk: Chunk): Operand {
  const { k, n, area } = sizes(shape, chunk);
  if (isPointwise(shape)) {
    const across = { step: 1, outer: shape.channels * area };
    return { array: x, across, k: { step: area }, batch: [0, 0, 0, k * area] };
  }
  const array = im2col(x, shape, chunk);
  return { array, across: { step: 1, outer: area }, k: { step: n }, batch: [0, 0, 0, k * n] };
}

/** dy as the right operand (its pixels are columns) or the left one (its channels are rows). */
function gradientOf(
  dy: NDArray,
  shape: ConvShape,
  chunk: Chunk,
  pixels: "columns" | "rows",
): Operand {
  const { m, area, pixel } = sizes(shape, chunk);
  const channel = { step: area };
  return {
    array: dy,
    ...(pixels === "columns" ? { across: pixel, k: channel } : { across: channel, k: pixel }),
    batch: [0, 0, 0, m * area],
    first: chunk.first * shape.outChannels * area,
  };
}

function cost({ pass, shape }: Convolution, profile: DeviceProfile): number {
  const m = shape.outChannels / shape.groups;
  const k = columnRows(shape) / shape.groups;
  const n = shape.batch * shape.outHeight * shape.outWidth;
  const [a, b, c] = pass === "forward" ? [m, n, k] : pass === "input" ? [k, n, m] : [m, k, n];
  const columns = 2 * columnRows(shape) * n * profile.elementCost;
  return productCost(profile, { m: a, n: b, k: c, batches: shape.groups }) + columns;
}

/** Whether a device can bind what has to be gathered of one image. */
function canGather(shape: ConvShape, { limits }: DeviceProfile): boolean {
  return isPointwise(shape) || columnBytes(shape) <= limits.maxStorageBufferBindingSize;
}

/** A product over columns, for any convolution but those of which a group is too small for that. */
export const columnProduct: ConvVariant = {
  name: "columns",
  sources: columnSources,
  covers: ({ shape }, profile) =>
    profile.kind === "processor" && !isDepthwise(shape) && canGather(shape, profile),
  cost,
  forward,
  inputGradient,
  weightGradient,
};

/** GPUs' product, of which nothing is gathered: for images whose columns are too large. */
export const withoutColumns: ConvVariant = {
  ...implicit,
  name: "without columns",
  covers: ({ shape }, profile) =>
    profile.kind === "processor" && !isDepthwise(shape) && !canGather(shape, profile),
};
