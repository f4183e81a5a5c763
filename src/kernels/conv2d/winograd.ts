/**
 * 3 × 3 convolutions of stride 1 by Winograd's minimal filtering: transform the input's patches and the filters,
 * multiply (a batched matrix product, one for each element of a transformed tile), transform back. It needs
 * 9·M² / (M + 2)² times fewer multiplications than the definition: 2.25 (M = 2) or 4 (M = 4).
 */
import type { Device } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { addInto } from "../elementwise/elementwise.ts";
import { type Gemm, gemm, gemmParts, type Operand } from "../matmul/gemm.ts";
import { adapterClass, estimateGemm, prefersAlongK } from "../tuning/tuning.ts";
import { fitsChunk } from "./columns.ts";
import {
  type ConvKernels,
  type ConvShape,
  type ForwardOptions,
  outputShape,
  weightShape,
} from "./shape.ts";
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
  winogradFilter,
} from "./winograd_transforms.ts";

export function winograd(M: TileSize): ConvKernels {
  return {
    forward: (x, weight, shape, options) =>
      correlate(x, winogradFilter(weight, M, false, alongK(x)), forward(shape), M, options),

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

/** Where a few threads do all the work, small chunks fill them too, stay in the processor's cache and save memory. */
const CACHE_BYTES = 5 * 2 ** 20;

function correlate(
  x: NDArray,
  u: NDArray,
  shape: Correlation,
  M: TileSize,
  options: ForwardOptions,
): NDArray {
  const out = allocate(outputShape(shape), x.dtype);
  const isSoftware = adapterClass(x.storage.device) === "software";
  for (const chunk of tileChunks(shape, M, isSoftware ? CACHE_BYTES : undefined)) {
    const size = { m: shape.outChannels, n: chunk.tiles, k: shape.channels, batches: planesOf(M) };
    const tileMajor = tilesAsRows(x.storage.device, size);
    const v = transformInput(x, shape, M, chunk, alongK(x));
    const filters = operand(u, size.m, size.k);
    const patches = operand(v, size.n, size.k);
    const problem: Gemm = tileMajor
      ? { ...size, m: size.n, n: size.m, a: patches, b: filters }
      : { ...size, a: filters, b: patches };
    const products = gemm(problem, [planesOf(M), problem.m, problem.n]);
    v.release(); // these are large: don't wait for the end of the op
    transformOutput(products, out, shape, M, chunk, tileMajor, options);
    products.release();
  }
  return out;
}

/** Whether the product is cheaper with tiles as rows: when they are few, lanes are better spent on channels. */
export function tilesAsRows(
  device: Device,
  size: { m: number; n: number; k: number; batches: number },
): boolean {
  const turned = { ...size, m: size.n, n: size.m };
  return (
    estimateGemm(device, turned, size.m % 4 === 0) < estimateGemm(device, size, size.m % 4 === 0)
  );
}

/** Whether what the products sum over should run on. */
function alongK({ storage }: NDArray): boolean {
  return prefersAlongK(storage.device);
}

/** [planes, count, k] where K should run on, else [planes, k, count]. */
function operand(array: NDArray, count: number, k: number): Operand {
  const batch = [0, 0, 0, k * count];
  return alongK(array)
    ? { array, across: { step: k }, k: { step: 1 }, batch }
    : { array, across: { step: 1 }, k: { step: count }, batch };
}

/** Whether Winograd's method covers this convolution with transformed images of a size that can be had. */
export function winogradCovers(shape: ConvShape, M: TileSize): boolean {
  const { kernel, stride, dilation } = shape.window;
  const plain =
    kernel.every((n) => n === 3) && stride.every((n) => n === 1) && dilation.every((n) => n === 1);
  return plain && shape.groups === 1 && fitsChunk(transformedBytes(shape, M));
}
