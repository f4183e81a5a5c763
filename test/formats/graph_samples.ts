import type {
  GraphNode,
  NetworkGraph,
  NodeOf,
  OpAttrs,
  OpName,
  WeightRole,
} from "../../src/formats/graph/network_graph.ts";
import type { TensorToWrite } from "../../src/formats/index.ts";
import type { Plane } from "./interpret.ts";

/** Puts a network of random weights together, for tests. */
export class Sketch {
  readonly weights = new Map<string, TensorToWrite>();
  readonly #nodes: GraphNode[] = [];
  readonly #inputShape: readonly number[];
  #seed = 1;

  constructor(inputShape: readonly number[]) {
    this.#inputShape = inputShape;
    this.#nodes.push({ name: "input", op: "input", inputs: [], attrs: {}, weights: {} });
  }

  add<K extends OpName>(op: K, name: string, inputs: readonly string[], attrs: OpAttrs[K]): string {
    const weights: Partial<Record<WeightRole, string>> = {};
    for (const [role, shape] of Object.entries(shapesOf(op, attrs))) {
      weights[role as WeightRole] = this.#tensor(`${name}.${role}`, shape);
    }
    const node: NodeOf<K> = { name, op, inputs, attrs, weights };
    this.#nodes.push(node as GraphNode);
    return name;
  }

  conv(
    name: string,
    input: string,
    inChannels: number,
    outChannels: number,
    more: Partial<OpAttrs["conv2d"]> = {},
  ) {
    return this.add("conv2d", name, [input], {
      inChannels,
      outChannels,
      kernelSize: [3, 3],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      ...more,
    });
  }

  finish(outputs: readonly string[], more: Partial<NetworkGraph> = {}): NetworkGraph {
    return {
      name: "sketch",
      inputShape: this.#inputShape,
      fileLayout: "NCHW",
      nodes: this.#nodes,
      outputs,
      ...more,
    };
  }

  #tensor(name: string, shape: readonly number[]): string {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    // Variances must be positive.
    const low = name.endsWith("running_var") ? 0.5 : -0.5;
    for (let i = 0; i < data.length; i++) {
      this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
      data[i] = low + this.#seed / 2 ** 32;
    }
    this.weights.set(name, { name, shape, dtype: "f32", data });
    return name;
  }
}

function shapesOf<K extends OpName>(
  op: K,
  attrs: OpAttrs[K],
): Partial<Record<WeightRole, readonly number[]>> {
  if (op === "conv2d") {
    const { inChannels, outChannels, groups, kernelSize } = attrs as OpAttrs["conv2d"];
    return { weight: [outChannels, inChannels / groups, ...kernelSize], bias: [outChannels] };
  }
  if (op === "convTranspose2d") {
    const { inChannels, outChannels, groups, kernelSize } = attrs as OpAttrs["convTranspose2d"];
    return { weight: [inChannels, outChannels / groups, ...kernelSize], bias: [outChannels] };
  }
  if (op === "linear") {
    const { inFeatures, outFeatures } = attrs as OpAttrs["linear"];
    return { weight: [outFeatures, inFeatures], bias: [outFeatures] };
  }
  if (op === "constant") return { weight: (attrs as OpAttrs["constant"]).shape };
  if (op === "prelu") return { weight: [(attrs as OpAttrs["prelu"]).numParameters] };
  if (op === "groupNorm" || op === "layerNorm" || op === "rmsNorm") {
    const counts = attrs as { readonly numChannels?: number; readonly numFeatures?: number };
    const length = [counts.numChannels ?? counts.numFeatures ?? 1];
    return op === "rmsNorm" ? { weight: length } : { weight: length, bias: length };
  }
  if (op !== "batchNorm") return {};
  const n = [(attrs as OpAttrs["batchNorm"]).numFeatures];
  return { weight: n, bias: n, running_mean: n, running_var: n };
}

/** A network with every op that Keras, TF.js and ONNX all can do, awkward paddings included. 3×15×14 → 5. */
export function everything(): {
  graph: NetworkGraph;
  weights: ReadonlyMap<string, TensorToWrite>;
} {
  const s = new Sketch([3, 15, 14]);
  const one = [1, 1] as const;
  const two = [2, 2] as const;
  s.add("rescale", "prepare", ["input"], { scale: [0.5, 0.4, 0.3], offset: [0.1, 0, -0.1] });
  s.conv("features.0", "prepare", 3, 6, { stride: two, padding: [1, 1, 1, 1] });
  s.add("batchNorm", "features.1", ["features.0"], { numFeatures: 6, eps: 1e-5, momentum: 0.1 });
  s.add("relu", "features.2", ["features.1"], {});
  s.add("maxPool2d", "features.3", ["features.2"], {
    kernelSize: [3, 3],
    stride: two,
    padding: [1, 1, 1, 1],
    dilation: one,
    ceilMode: false,
  });
  s.conv("features.4", "features.3", 6, 12, { groups: 6, padding: "same" });
  s.add("relu6", "features.5", ["features.4"], {});
  s.conv("features.6", "features.5", 12, 8, { kernelSize: one });
  s.add("hardswish", "act.0", ["features.6"], {});
  s.add("silu", "act.1", ["features.6"], {});
  s.add("gelu", "act.2", ["features.6"], { approximate: "tanh" });
  s.add("leakyRelu", "act.3", ["features.6"], { negativeSlope: 0.1 });
  s.add("elu", "act.4", ["features.6"], { alpha: 0.7 });
  s.add("clamp", "act.5", ["features.6"], { min: -0.3, max: 0.4 });
  s.add("tanh", "act.6", ["features.6"], {});
  s.add("prelu", "act.7", ["features.6"], { numParameters: 8 });
  s.add("add", "sum", ["act.0", "act.1", "act.2", "act.6", "act.7"], {});
  s.add("layerNorm", "even", ["sum"], { numFeatures: 8, eps: 1e-3 });
  s.add("globalAvgPool", "squeeze", ["even"], { keepDims: true });
  s.conv("excite", "squeeze", 8, 8, { kernelSize: one });
  s.add("hardsigmoid", "gate", ["excite"], {});
  s.add("mul", "scaled", ["sum", "gate"], {});
  s.add("concat", "joined", ["scaled", "act.3", "act.4", "act.5"], {});
  s.add("pad", "padded", ["joined"], { padding: [1, 0, 0, 2], mode: "constant", value: 0 });
  s.conv("dilated", "padded", 32, 4, { dilation: two, padding: [2, 2, 2, 2] });
  s.add("sigmoid", "positive", ["dilated"], {});
  s.add("avgPool2d", "average", ["positive"], {
    kernelSize: [3, 3],
    stride: two,
    padding: [1, 1, 1, 1],
    ceilMode: false,
    countIncludePad: true,
  });
  s.add("avgPool2d", "average2", ["average"], {
    kernelSize: two,
    stride: two,
    padding: "same",
    ceilMode: false,
    countIncludePad: false,
  });
  s.add("globalMaxPool", "peak", ["average2"], { keepDims: false });
  s.add("flatten", "flat", ["average2"], {});
  s.add("dropout", "drop", ["flat"], { p: 0.25 });
  s.add("batchNorm", "norm", ["drop"], { numFeatures: 16, eps: 1e-3, momentum: 0.01 });
  s.add("concat", "all", ["norm", "peak"], {});
  s.add("layerNorm", "level", ["all"], { numFeatures: 20, eps: 1e-5 });
  s.add("linear", "classifier.0", ["level"], { inFeatures: 20, outFeatures: 7 });
  s.add("prelu", "classifier.1", ["classifier.0"], { numParameters: 1 });
  s.add("linear", "classifier.2", ["classifier.1"], { inFeatures: 7, outFeatures: 5 });
  s.add("softmax", "classes", ["classifier.2"], {});
  return {
    graph: s.finish(["classes"], { classes: ["a", "b", "c", "d", "é"] }),
    weights: s.weights,
  };
}

/** The picture whose element i, in height, width, channels, is sin(0.1 i). */
export function waves([channels, height = 1, width = 1]: readonly (number | null)[]): Plane {
  const [c, h, w] = [channels ?? 1, height ?? 1, width ?? 1];
  const data = new Float64Array(c * h * w);
  for (let i = 0; i < data.length; i++) {
    data[(i % c) * h * w + Math.floor(i / c)] = Math.fround(Math.sin(0.1 * i));
  }
  return { shape: [c, h, w], data };
}

export function tensorsOf(weights: ReadonlyMap<string, TensorToWrite>) {
  return new Map([...weights].map(([name, tensor]) => [name, { data: () => tensor.data }]));
}

/** The tensors of a file that was read, to be written again. */
export function toWrite(
  tensors: ReadonlyMap<
    string,
    {
      readonly shape: readonly number[];
      readonly dtype: TensorToWrite["dtype"];
      data(): TensorToWrite["data"];
    }
  >,
): Map<string, TensorToWrite> {
  return new Map(
    [...tensors].map(([name, { shape, dtype, data }]) => [
      name,
      { name, shape, dtype, data: data() },
    ]),
  );
}
