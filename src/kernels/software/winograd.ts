/**
 * 3 × 3 convolutions of stride 1 by Winograd's minimal filtering: transform the input's patches and the filters,
 * multiply (a batched matrix product, one for each element of a transformed tile), transform back. It needs
 * 9·M² / (M + 2)² times fewer multiplications than the definition: 2.25 (M = 2) or 4 (M = 4).
 */
import { allocate, type NDArray } from "../array.ts";
import type { ConvVariant } from "../conv2d/conv_variant.ts";
import { type ConvShape, outputShape, weightShape } from "../conv2d/shape.ts";
import { addInto } from "../elementwise/elementwise.ts";
import type { Epilogue } from "../epilogue.ts";
import { prefersAlongK } from "../matmul/estimate.ts";
import { gemm, gemmParts } from "../matmul/gemm.ts";
import type { Gemm, Operand } from "../matmul/problem.ts";
import { fitsChunk } from "./columns.ts";
import { tilesAsRows, winogradCost } from "./winograd_cost.ts";
import {
  type Correlation,
  planesOf,
  type TileChunk,
  type TileSize,
  tileChunks,
  transformedBytes,
  transformFilterGradient,
  transformInput,
  transformOutput,
  transformOutputGradient,
  transformSources,
  winogradFilter,
} from "./winograd_transforms.ts";

/** Rounds to 1e-6. */
export const winograd2 = winograd(2);
/** Rounds to 1e-5. */
export const winograd4 = winograd(4);

function winograd(M: TileSize): ConvVariant {
  return {
    name: `winograd${M}`,
    sources: transformSources,

    /**
     * The larger tile's rounding flips ReLUs and pooling maxima on the borderline, after which training losses drift
     * away from PyTorch's by a percent in ten steps. So it isn't for forward, but where a training step differentiates
     * nothing, as in frozen layers, and for gradients, which only scale an error and keep it small.
     */
    covers({ pass, shape, isFrozen }, { kind }) {
      if (kind !== "processor") return false;
      const exactEnough = M === 2 || pass !== "forward" || isFrozen;
      return exactEnough && isPlain(shape) && fitsChunk(transformedBytes(shape, M));
    },

    cost: (problem, profile) => winogradCost(problem, M, profile),

    forward: (x, weight, shape, epilogue) =>
      correlate(x, winogradFilter(weight, M, false, alongK(x)), forward(shape), M, epilogue),

    // A correlation of dy with the filters turned.
    inputGradient: (dy, weight, shape) =>
      correlate(dy, winogradFilter(weight, M, true, alongK(dy)), backward(shape), M, {}),

    // Summed over tiles in the transformed domain.
    weightGradient(x, dy, shape) {
      const correlation = forward(shape);
      let sum: NDArray | null = null;
      for (const chunk of tileChunks(correlation, M)) {
        const { parts, count } = transformedGradient(x, dy, correlation, M, chunk);
        const part = allocate(weightShape(shape), x.dtype);
        transformFilterGradient(parts, count, part, M);
        parts.release();
        if (sum) addInto(sum, part);
        sum ??= part;
      }
      return sum!;
    },
  };
}

/** Whether filters are 3 × 3 and each pixel has its window. */
function isPlain({ groups, window }: ConvShape): boolean {
  const all = (values: readonly number[], n: number) => values.every((value) => value === n);
  return all(window.kernel, 3) && all([...window.stride, ...window.dilation, groups], 1);
}

function forward(shape: ConvShape): Correlation {
  const [padTop, , padLeft] = shape.window.pads;
  return { ...shape, padTop, padLeft };
}

function backward(shape: ConvShape): Correlation {
  const [top, , left] = shape.window.pads;
  return {
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
}

function transformedGradient(
  x: NDArray,
  dy: NDArray,
  shape: Correlation,
  M: TileSize,
  chunk: TileChunk,
) {
  const [m, n, k] = [shape.outChannels, shape.channels, chunk.tiles];
  const tileMajor = !alongK(x);
  const q = transformOutputGradient(dy, shape, M, chunk, tileMajor);
  const v = transformInput(x, shape, M, chunk, tileMajor);
  const result = gemmParts({
    m,
    n,
    k,
    batches: planesOf(M),
    a: operand(q, m, k),
    b: operand(v, n, k),
  });
  v.release(); // these are large: don't wait for the end of the op
  q.release();
  return result;
}

function correlate(
  x: NDArray,
  u: NDArray,
  shape: Correlation,
  M: TileSize,
  epilogue: Epilogue,
): NDArray {
  const out = allocate(outputShape(shape), x.dtype);
  const { profile } = x.storage.device;
  for (const chunk of tileChunks(shape, M, profile.cacheBytes)) {
    const size = { m: shape.outChannels, n: chunk.tiles, k: shape.channels, batches: planesOf(M) };
    const tileMajor = tilesAsRows(profile, size);
    const v = transformInput(x, shape, M, chunk, alongK(x));
    const filters = operand(u, size.m, size.k);
    const patches = operand(v, size.n, size.k);
    const problem: Gemm = tileMajor
      ? { ...size, m: size.n, n: size.m, a: patches, b: filters }
      : { ...size, a: filters, b: patches };
    const products = gemm(problem, [planesOf(M), problem.m, problem.n]);
    v.release(); // these are large: don't wait for the end of the op
    transformOutput(products, out, shape, M, chunk, tileMajor, epilogue);
    products.release();
  }
  return out;
}

/** Whether what the products sum over should be contiguous. */
function alongK({ storage }: NDArray): boolean {
  return prefersAlongK(storage.device.profile);
}

/** [planes, count, k] where K should be contiguous, else [planes, k, count]. */
function operand(array: NDArray, count: number, k: number): Operand {
  const batch = [0, 0, 0, k * count];
  return alongK(array)
    ? { array, across: { step: k }, k: { step: 1 }, batch }
    : { array, across: { step: 1 }, k: { step: count }, batch };
}
