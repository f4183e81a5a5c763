/** The mean cross-entropy of a network's first forward pass, in float64 on the processor. */
import type { Batch, LayerWeights, Network } from "../engines/network.ts";

interface FeatureMap {
  /** [channels, side, side] of one image. */
  readonly values: Float64Array;
  readonly channels: number;
  readonly side: number;
}

/** 3×3 convolution with padding 1, bias and ReLU. */
function convRelu(map: FeatureMap, { weight, bias }: LayerWeights): FeatureMap {
  const { values, channels, side } = map;
  const outputs = bias.length;
  const area = side * side;
  const out = new Float64Array(outputs * area);
  for (let o = 0; o < outputs; o++) {
    const plane = out.subarray(o * area, (o + 1) * area).fill(bias[o]);
    for (let c = 0; c < channels; c++) {
      const source = values.subarray(c * area, (c + 1) * area);
      for (let tap = 0; tap < 9; tap++) {
        const factor = weight[(o * channels + c) * 9 + tap];
        addShifted(plane, source, side, Math.floor(tap / 3) - 1, (tap % 3) - 1, factor);
      }
    }
    for (let i = 0; i < area; i++) plane[i] = Math.max(0, plane[i]);
  }
  return { values: out, channels: outputs, side };
}

/** plane[i, j] += factor · source[i + down, j + right], zero outside. */
function addShifted(
  plane: Float64Array,
  source: Float64Array,
  side: number,
  down: number,
  right: number,
  factor: number,
): void {
  const [firstColumn, lastColumn] = [Math.max(0, -right), Math.min(side, side - right)];
  for (let i = Math.max(0, -down); i < Math.min(side, side - down); i++) {
    const shift = down * side + right;
    for (let at = i * side + firstColumn; at < i * side + lastColumn; at++) {
      plane[at] += factor * source[at + shift];
    }
  }
}

/** 2×2 max-pooling. */
function pool({ values, channels, side }: FeatureMap): FeatureMap {
  const half = side >> 1;
  const out = new Float64Array(channels * half * half);
  for (let c = 0, i = 0; c < channels; c++) {
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const at = (c * side + 2 * y) * side + 2 * x;
        out[i++] = Math.max(values[at], values[at + 1], values[at + side], values[at + side + 1]);
      }
    }
  }
  return { values: out, channels, side: half };
}

function linear({ values }: FeatureMap, { weight, bias }: LayerWeights): Float64Array {
  return Float64Array.from(bias, (start, o) => {
    let sum = start;
    for (let i = 0; i < values.length; i++) sum += values[i] * weight[o * values.length + i];
    return sum;
  });
}

function crossEntropy(logits: Float64Array, label: number): number {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, value) => total + Math.exp(value - most), 0);
  return Math.log(sum) + most - logits[label];
}

export function referenceLoss(
  { layers, inputSize }: Network,
  weights: readonly LayerWeights[],
  batch: Batch,
): number {
  const pixels = 3 * inputSize ** 2;
  let total = 0;
  for (let n = 0; n < batch.size; n++) {
    const image = Float64Array.from(batch.images.subarray(n * pixels, (n + 1) * pixels));
    let map: FeatureMap = { values: image, channels: 3, side: inputSize };
    let next = 0;
    for (const layer of layers) {
      if (layer.kind === "pool") map = pool(map);
      else if (layer.kind === "conv") map = convRelu(map, weights[next++]);
      else total += crossEntropy(linear(map, weights[next++]), batch.labels[n]);
    }
  }
  return total / batch.size;
}
