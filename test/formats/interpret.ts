import { outputSize, resolveWindow } from "../../src/base/index.ts";
import type { GraphNode, NetworkGraph, NodeOf, WeightTensor } from "../../src/formats/index.ts";
import { elementwise } from "./interpret_functions.ts";
import * as moving from "./interpret_moving.ts";
import * as rearranged from "./interpret_rearranged.ts";

/** A value of the network: one image's [channels, height, width], or a vector [n, 1, 1]. Row-major float64. */
export interface Plane {
  readonly shape: readonly [number, number, number];
  readonly data: Float64Array;
}

/**
 * Runs a graph on one image, in float64 and with plain loops: the reference that readers and writers are
 * checked against without the engine.
 *
 * @returns the values of the network's outputs.
 */
export function interpret(
  graph: NetworkGraph,
  tensors: ReadonlyMap<string, Pick<WeightTensor, "data">>,
  image: Plane,
): Float64Array[] {
  const values = new Map<string, Plane>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => values.get(name)!);
    const weight = (role: keyof GraphNode["weights"]) => {
      const name = node.weights[role];
      return name === undefined ? undefined : Float64Array.from(numbersOf(tensors.get(name)!));
    };
    values.set(node.name, node.op === "input" ? image : run(node, inputs, weight));
  }
  return graph.outputs.map((name) => values.get(name)!.data);
}

function numbersOf(tensor: Pick<WeightTensor, "data">): number[] {
  return Array.from(tensor.data() as Float32Array);
}

type Weight = (
  role: "weight" | "bias" | "running_mean" | "running_var",
) => Float64Array | undefined;

function run(node: GraphNode, inputs: readonly Plane[], weight: Weight): Plane {
  const [x] = inputs;
  switch (node.op) {
    case "conv2d":
      return conv2d(node, x, weight("weight")!, weight("bias"));
    case "convTranspose2d":
      return rearranged.convTranspose2d(node, x, weight("weight")!, weight("bias"));
    case "resize":
      return rearranged.resize(node, x);
    case "depthToSpace":
      return rearranged.depthToSpace(node, x);
    case "spaceToDepth":
      return rearranged.spaceToDepth(node, x);
    case "channelShuffle":
      return rearranged.channelShuffle(node, x);
    case "narrow":
      return rearranged.narrow(node, x);
    case "linear":
      return linear(node, x, weight("weight")!, weight("bias"));
    case "batchNorm":
      return batchNorm(node, x, weight);
    case "prelu": {
      const slopes = weight("weight")!;
      return mapped(x, (v, c) => (v > 0 ? v : v * (slopes[c] ?? slopes[0])));
    }
    case "groupNorm":
      return rowNorm(x, node.attrs.numGroups, node.attrs.eps, weight);
    case "layerNorm":
      return placeNorm(x, node.attrs.eps, true, weight);
    case "rmsNorm":
      return placeNorm(x, node.attrs.eps, false, weight);
    case "localResponseNorm":
      return localResponseNorm(node, x);
    case "maxPool2d":
      return pool(node, x, (window) => Math.max(...window.filter((v) => !Number.isNaN(v))));
    case "avgPool2d":
      return pool(node, x, (window) => {
        const inside = window.filter((v) => !Number.isNaN(v));
        const count = node.attrs.countIncludePad ? window.length : inside.length;
        return inside.reduce((sum, v) => sum + v, 0) / count;
      });
    case "globalAvgPool":
      return perChannel(x, (map) => map.reduce((sum, v) => sum + v, 0) / map.length);
    case "globalMaxPool":
      return perChannel(x, (map) => map.reduce((most, v) => Math.max(most, v)));
    case "softmax":
      return softmax(x);
    case "logSoftmax": {
      const { shape, data } = softmax(x);
      return { shape, data: data.map(Math.log) };
    }
    case "dropout":
      return x;
    case "flatten":
      return { shape: [x.data.length, 1, 1], data: x.data };
    case "reshape": {
      const [c, h = 1, w = 1] = node.attrs.shape;
      return { shape: [c, h, w], data: x.data };
    }
    case "add":
      return inputs.reduce((a, b) => broadcast(a, b, (p, q) => p + q));
    case "mul":
      return inputs.reduce((a, b) => broadcast(a, b, (p, q) => p * q));
    case "concat":
      return concat(inputs);
    case "div":
      return moving.spread((a, b) => a / b, inputs);
    case "pow":
      return mapped(x, (v) => v ** node.attrs.exponent);
    case "where":
      return moving.spread((condition, a, b) => (condition !== 0 ? a : b), inputs);
    case "matmul":
      return moving.matmul(inputs);
    case "permute":
      return moving.permute(node, x);
    case "reduce":
      return moving.reduce(node, x);
    case "expand":
      return moving.expand(node, x);
    case "select":
      return moving.select(node, x);
    case "constant":
      return moving.constant(node, weight("weight")!);
    case "pad":
      return pad(node, x);
    case "rescale": {
      const { scale, offset } = node.attrs;
      return mapped(x, (v, c) => v * (scale[c] ?? scale[0]) + (offset[c] ?? offset[0]));
    }
    default:
      return mapped(x, elementwise(node));
  }
}

function plane(shape: readonly [number, number, number]): Plane {
  return { shape, data: new Float64Array(shape[0] * shape[1] * shape[2]) };
}

function mapped(x: Plane, f: (v: number, channel: number) => number): Plane {
  const size = x.shape[1] * x.shape[2];
  return { shape: x.shape, data: x.data.map((v, i) => f(v, Math.floor(i / size))) };
}

function conv2d(
  node: NodeOf<"conv2d">,
  x: Plane,
  weight: Float64Array,
  bias?: Float64Array,
): Plane {
  const { kernelSize, groups, outChannels, stride, dilation } = node.attrs;
  const [, height, width] = x.shape;
  const window = resolveWindow(node.name, [height, width], node.attrs);
  const [rows, columns] = outputSize(node.name, [height, width], window);
  const [kh, kw] = kernelSize;
  const inPerGroup = node.attrs.inChannels / groups;
  const out = plane([outChannels, rows, columns]);
  for (let o = 0; o < outChannels; o++) {
    const map = out.data
      .subarray(o * rows * columns, (o + 1) * rows * columns)
      .fill(bias?.[o] ?? 0);
    const firstInput = Math.floor(o / (outChannels / groups)) * inPerGroup;
    for (let k = 0; k < inPerGroup * kh * kw; k++) {
      const w = weight[o * inPerGroup * kh * kw + k];
      const channel = firstInput + Math.floor(k / (kh * kw));
      const ky = Math.floor(k / kw) % kh;
      const left = (k % kw) * dilation[1] - window.pads[2];
      for (let r = 0; r < rows; r++) {
        const y = r * stride[0] - window.pads[0] + ky * dilation[0];
        if (y < 0 || y >= height) continue;
        const row = (channel * height + y) * width;
        for (let c = 0; c < columns; c++) {
          const at = c * stride[1] + left;
          if (at >= 0 && at < width) map[r * columns + c] += w * x.data[row + at];
        }
      }
    }
  }
  return out;
}

function linear(
  node: NodeOf<"linear">,
  x: Plane,
  weight: Float64Array,
  bias?: Float64Array,
): Plane {
  const { inFeatures, outFeatures } = node.attrs;
  const out = plane([outFeatures, 1, 1]);
  for (let o = 0; o < outFeatures; o++) {
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < inFeatures; i++) sum += weight[o * inFeatures + i] * x.data[i];
    out.data[o] = sum;
  }
  return out;
}

function batchNorm(node: NodeOf<"batchNorm">, x: Plane, weight: Weight): Plane {
  const [gamma, beta] = [weight("weight")!, weight("bias")!];
  const [mean, variance] = [weight("running_mean")!, weight("running_var")!];
  const { eps } = node.attrs;
  return mapped(x, (v, c) => ((v - mean[c]) / Math.sqrt(variance[c] + eps)) * gamma[c] + beta[c]);
}

/** Weight and bias of what is normalised. */
function affine(x: Plane, weight: Weight): Plane {
  const [gamma, beta] = [weight("weight"), weight("bias")];
  return mapped(x, (v, c) => v * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0));
}

function normalized(values: Float64Array, eps: number, isCentered: boolean): Float64Array {
  const average = (list: Float64Array) => list.reduce((sum, v) => sum + v, 0) / list.length;
  const mean = isCentered ? average(values) : 0;
  const spread = Math.sqrt(average(values.map((v) => (v - mean) ** 2)) + eps);
  return values.map((v) => (v - mean) / spread);
}

function rowNorm(x: Plane, groups: number, eps: number, weight: Weight): Plane {
  const length = x.data.length / groups;
  const data = new Float64Array(x.data.length);
  for (let g = 0; g < x.data.length; g += length)
    data.set(normalized(x.data.subarray(g, g + length), eps, true), g);
  return affine({ shape: x.shape, data }, weight);
}

/** Each place over its channels. */
function placeNorm(x: Plane, eps: number, isCentered: boolean, weight: Weight): Plane {
  const size = x.shape[1] * x.shape[2];
  const data = new Float64Array(x.data.length);
  for (let p = 0; p < size; p++) {
    const column = Float64Array.from({ length: x.shape[0] }, (_, c) => x.data[c * size + p]);
    normalized(column, eps, isCentered).forEach((v, c) => {
      data[c * size + p] = v;
    });
  }
  return affine({ shape: x.shape, data }, weight);
}

function localResponseNorm({ attrs }: NodeOf<"localResponseNorm">, x: Plane): Plane {
  const { size, alpha, beta, k } = attrs;
  const area = x.shape[1] * x.shape[2];
  const data = x.data.map((v, i) => {
    let sum = 0;
    for (let d = -Math.floor(size / 2); d <= Math.floor((size - 1) / 2); d++)
      sum += (x.data[i + d * area] ?? 0) ** 2;
    return v / (k + (alpha / size) * sum) ** beta;
  });
  return { shape: x.shape, data };
}

/** Positions in the padding are NaN; those that only `ceilMode` reaches are left out, as in PyTorch. */
function pool(
  node: NodeOf<"maxPool2d"> | NodeOf<"avgPool2d">,
  x: Plane,
  reduce: (window: number[]) => number,
): Plane {
  const [channels, height, width] = x.shape;
  const window = resolveWindow(node.name, [height, width], node.attrs);
  const [rows, columns] = outputSize(node.name, [height, width], window, node.attrs.ceilMode);
  const [top, bottom, left, right] = window.pads;
  const out = plane([channels, rows, columns]);
  for (let c = 0; c < channels; c++) {
    for (let r = 0; r < rows; r++) {
      for (let q = 0; q < columns; q++) {
        const values: number[] = [];
        for (let ky = 0; ky < window.kernel[0]; ky++) {
          for (let kx = 0; kx < window.kernel[1]; kx++) {
            const y = r * window.stride[0] - top + ky * window.dilation[0];
            const at = q * window.stride[1] - left + kx * window.dilation[1];
            if (y >= height + bottom || at >= width + right) continue;
            const isInside = y >= 0 && y < height && at >= 0 && at < width;
            values.push(isInside ? x.data[(c * height + y) * width + at] : Number.NaN);
          }
        }
        out.data[(c * rows + r) * columns + q] = reduce(values);
      }
    }
  }
  return out;
}

function perChannel(x: Plane, reduce: (map: Float64Array) => number): Plane {
  const [channels, height, width] = x.shape;
  const out = plane([channels, 1, 1]);
  for (let c = 0; c < channels; c++) {
    out.data[c] = reduce(x.data.subarray(c * height * width, (c + 1) * height * width));
  }
  return out;
}

function softmax(x: Plane): Plane {
  const [channels, height, width] = x.shape;
  const out = plane(x.shape);
  const size = height * width;
  for (let p = 0; p < size; p++) {
    const column = Array.from({ length: channels }, (_, c) => x.data[c * size + p]);
    const most = Math.max(...column);
    const total = column.reduce((sum, v) => sum + Math.exp(v - most), 0);
    column.forEach((v, c) => {
      out.data[c * size + p] = Math.exp(v - most) / total;
    });
  }
  return out;
}

function broadcast(a: Plane, b: Plane, f: (p: number, q: number) => number): Plane {
  const size = (p: Plane) => p.shape[1] * p.shape[2];
  const large = a.data.length >= b.data.length ? a : b;
  const at = (p: Plane, i: number) => {
    const channel = Math.floor(i / size(large));
    const one = p.shape[0] === 1 ? 0 : channel;
    return p.data[one * size(p) + (size(p) === 1 ? 0 : i % size(large))];
  };
  return { shape: large.shape, data: large.data.map((_, i) => f(at(a, i), at(b, i))) };
}

function concat(inputs: readonly Plane[]): Plane {
  const [, height, width] = inputs[0].shape;
  const channels = inputs.reduce((sum, { shape }) => sum + shape[0], 0);
  return {
    shape: [channels, height, width],
    data: Float64Array.from(inputs.flatMap(({ data }) => [...data])),
  };
}

function pad(node: NodeOf<"pad">, x: Plane): Plane {
  const { padding, mode, value } = node.attrs;
  const [top, bottom, left, right] = padding;
  const [channels, height, width] = x.shape;
  const out = plane([channels, height + top + bottom, width + left + right]);
  out.data.forEach((_, i) => {
    const column = (i % out.shape[2]) - left;
    const row = (Math.floor(i / out.shape[2]) % out.shape[1]) - top;
    const channel = Math.floor(i / (out.shape[1] * out.shape[2]));
    const y = source(row, height, mode);
    const at = source(column, width, mode);
    const isInside = y >= 0 && y < height && at >= 0 && at < width;
    out.data[i] = isInside ? x.data[(channel * height + y) * width + at] : value;
  });
  return out;
}

function source(at: number, length: number, mode: "constant" | "reflect" | "replicate"): number {
  if (mode === "replicate") return Math.min(Math.max(at, 0), length - 1);
  if (mode === "reflect") return at < 0 ? -at : at >= length ? 2 * length - 2 - at : at;
  return at;
}
