/** Networks described once, so that every engine builds the same one from the same weights. */
import { VGG_CONFIGURATIONS } from "../../src/models/index.ts";
import { labels, normals } from "../workloads/random.ts";

export type Layer =
  /** 3×3, padding 1, bias, then ReLU. */
  | { readonly kind: "conv"; readonly inputs: number; readonly outputs: number }
  /** 2×2 max-pooling. */
  | { readonly kind: "pool" }
  /** On the flattened map: `inputs` = channels · side². */
  | {
      readonly kind: "linear";
      readonly inputs: number;
      readonly outputs: number;
      readonly side: number;
    };

export type NetworkName = "vgg16" | "cnn";

export interface Network {
  readonly name: NetworkName;
  /** Side of the square RGB input. */
  readonly inputSize: number;
  readonly classes: number;
  readonly layers: readonly Layer[];
}

/** Output channels of the convolutions, "M" for pooling. */
const plans: Record<NetworkName, readonly (number | "M")[]> = {
  vgg16: VGG_CONFIGURATIONS.vgg16,
  cnn: [32, "M", 64, "M", 128, "M", 128, "M"],
};

export function network(name: NetworkName, inputSize = 32, classes = 10): Network {
  const layers: Layer[] = [];
  let channels = 3;
  let side = inputSize;
  for (const entry of plans[name]) {
    if (entry === "M") {
      layers.push({ kind: "pool" });
      side >>= 1;
    } else {
      layers.push({ kind: "conv", inputs: channels, outputs: entry });
      channels = entry;
    }
  }
  layers.push({ kind: "linear", inputs: channels * side * side, outputs: classes, side });
  return { name, inputSize, classes, layers };
}

/** Which layers learn: the linear one; the last three convolutions too; everything. */
export type Trained = "head" | "lastBlock" | "all";

/** Weights of one layer with weights, PyTorch's layout: [out, in, 3, 3] or [out, in], and [out]. */
export interface LayerWeights {
  readonly layer: Exclude<Layer, { kind: "pool" }>;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly trained: boolean;
}

type Values = Pick<LayerWeights, "layer" | "weight" | "bias">;

/** Fifteen million random numbers take a second: made once for all engines and rows. */
const made = new Map<string, Values[]>();

function initialValues({ name, inputSize, classes, layers }: Network): Values[] {
  const key = `${name} ${inputSize} ${classes}`;
  const weighted = layers.filter((layer) => layer.kind !== "pool");
  const values =
    made.get(key) ??
    weighted.map((layer, i) => {
      const fanIn = layer.inputs * (layer.kind === "conv" ? 9 : 1);
      // He et al. 2015; a small head starts near the loss of guessing, so that a step changes it by a moderate part.
      const gain = layer.kind === "conv" ? 2 : 0.3;
      const weight = normals(layer.outputs * fanIn, i + 1, Math.sqrt(gain / fanIn));
      return { layer, weight, bias: normals(layer.outputs, i + 1001, 0.01) };
    });
  made.set(key, values);
  return values;
}

/** Weights to start from, the same for every engine. */
export function makeWeights(net: Network, trained: Trained): LayerWeights[] {
  const values = initialValues(net);
  const kept = { head: 1, lastBlock: 4, all: values.length }[trained];
  return values.map((layer, i) => ({ ...layer, trained: i >= values.length - kept }));
}

export interface Batch {
  /** [size, 3, side, side] */
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly size: number;
}

export function makeBatch({ inputSize, classes }: Network, size: number, seed = 7): Batch {
  return {
    images: normals(size * 3 * inputSize ** 2, seed, 0.25),
    labels: labels(size, classes, seed + 1),
    size,
  };
}

/** Operations of one image's forward pass by layer with weights, convolutions counted as direct ones. */
function layerFlops({ layers, inputSize }: Network): number[] {
  let side = inputSize;
  return layers.flatMap((layer) => {
    if (layer.kind === "pool") {
      side >>= 1;
      return [];
    }
    const { inputs, outputs } = layer;
    return [2 * inputs * outputs * (layer.kind === "conv" ? 9 * side * side : 1)];
  });
}

/** Operations of one training step by pass; no input gradient below the lowest layer that learns. */
export function passFlops(net: Network, trained: Trained, batch: number) {
  const flops = layerFlops(net);
  const kept = { head: 1, lastBlock: 4, all: flops.length }[trained];
  const sum = (values: readonly number[]) =>
    batch * values.reduce((total, value) => total + value, 0);
  const learning = flops.slice(flops.length - kept);
  return { forward: sum(flops), weight: sum(learning), input: sum(learning.slice(1)) };
}

/** Operations of one training step: each pass of a layer takes as many as its forward pass. */
export function stepFlops(net: Network, trained: Trained, batch: number): number {
  const { forward, weight, input } = passFlops(net, trained, batch);
  return forward + weight + input;
}
