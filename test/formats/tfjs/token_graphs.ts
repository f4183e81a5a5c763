/**
 * Transformers, a ConvNeXt and operators on any axes as graphs of TensorFlow, in the steps that Keras's layers become, with
 * the weights of PyTorch's files of the same networks (../onnx/golden/tokens).
 */
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { memorySource } from "../fuzz.ts";
import { tokenBytes } from "../onnx/tokens.ts";
import { type ModelFiles, s, shape, window } from "./rearranged_models.ts";
import { flag, number, TfGraph } from "./tf_graph.ts";

/** The weights of one of PyTorch's files, turned as Keras has them, by PyTorch's names. */
class Weights {
  readonly #tensors = new Map<string, { shape: readonly number[]; values: readonly number[] }>();

  static async of(name: string): Promise<Weights> {
    const weights = new Weights();
    const bytes = tokenBytes(name);
    for (const [own, tensor] of (await readOnnx(bytes, memorySource(bytes, name))).tensors) {
      // What PyTorch has turned itself has lost its name, but stands in the layer's path.
      const path = /^\/(.+)\/MatMul\.weight$/.exec(own)?.[1]?.split("/") ?? [];
      const layer = path.filter((part, i) => !path[i + 1]?.startsWith(`${part}.`)).join(".");
      const key = layer ? `${layer}.weight` : (tensor.originalName ?? own);
      weights.#tensors.set(key, { shape: tensor.shape, values: Array.from(tensor.data(), Number) });
    }
    return weights;
  }

  /** @param order of the axes. */
  get(name: string, order?: readonly number[]) {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`no ${name} among ${[...this.#tensors.keys()].join(", ")}`);
    if (!order) return tensor;
    const sides = order.map((axis) => tensor.shape[axis]!);
    const strides = tensor.shape.map((_, axis) =>
      tensor.shape.slice(axis + 1).reduce((a, b) => a * b, 1),
    );
    const values = tensor.values.map((_, i) => {
      let rest = i;
      let at = 0;
      for (let k = sides.length - 1; k >= 0; k--) {
        at += (rest % sides[k]!) * strides[order[k]!]!;
        rest = Math.floor(rest / sides[k]!);
      }
      return tensor.values[at]!;
    });
    return { shape: sides, values };
  }
}

/** A graph with the weights of a file. */
class Net {
  readonly graph = new TfGraph();
  readonly weights: Weights;
  readonly #taken = new Map<string, string>();

  constructor(weights: Weights) {
    this.weights = weights;
  }

  input = () => this.graph.node("Placeholder", [], { shape: shape(-1, 8, 8, 3) }, "x");

  /** A tensor under its name in PyTorch. */
  weight(name: string, order?: readonly number[], sides?: readonly number[]): string {
    const { values, shape: own } = this.weights.get(name, order);
    const known = this.#taken.get(name) ?? this.graph.constant(values, sides ?? own, name);
    this.#taken.set(name, known);
    return known;
  }

  conv(x: string, name: string, stride: number): string {
    const kernel = this.weight(`${name}.weight`, [2, 3, 1, 0]);
    const map = this.graph.node("Conv2D", [x, kernel], window(stride, "VALID"));
    return this.graph.node("BiasAdd", [map, this.weight(`${name}.bias`)]);
  }

  layerNorm = (x: string, name: string) =>
    this.graph.layerNorm(x, this.weight(`${name}.weight`), this.weight(`${name}.bias`));

  dense(x: string, name: string, rank: number): string {
    const kernel = this.weight(`${name}.weight`, [1, 0]);
    const bias = `${name}.bias`;
    return this.graph.dense(x, kernel, this.weight(bias), this.weights.get(bias).shape[0]!, rank);
  }

  head(x: string): string {
    const kernel = this.weight("head.weight", [1, 0]);
    const fused = { fused_ops: { list: { s: [btoa("BiasAdd")] } } };
    return this.graph.node("_FusedMatMul", [x, kernel, this.weight("head.bias")], fused);
  }

  /** The patches of an image as tokens [N, 4, 6]. */
  patches = () => this.graph.reshape(this.conv(this.input(), "patches", 4), 4, 6);
}

const [HEADS, EACH, FEATURES] = [2, 3, 6];

/** Keras's MultiHeadAttention: products by the letters of the axes. */
function einsumAttention(net: Net, x: string): string {
  const { graph, weights } = net;
  const einsum = (equation: string, ...inputs: string[]) =>
    graph.node("Einsum", inputs, { equation: s(equation) });
  const { values: kernels } = weights.get("blocks.0.attn.qkv.weight", [1, 0]); // [6, 3 · 6]
  const { values: biases } = weights.get("blocks.0.attn.qkv.bias");
  const [query, key, value] = ["query", "key", "value"].map((name, part) => {
    const kernel = kernels.filter((_, i) => Math.floor((i % (3 * FEATURES)) / FEATURES) === part);
    const own = graph.constant(kernel, [FEATURES, HEADS, EACH], `${name}/kernel`);
    const bias = biases.slice(part * FEATURES, (part + 1) * FEATURES);
    const offset = graph.constant(bias, [HEADS, EACH], `${name}/bias`);
    return graph.node("AddV2", [einsum("abc,cde->abde", x, own), offset]);
  });
  const scaled = graph.node("Mul", [query!, graph.float(EACH ** -0.5)]);
  const scores = graph.node("Softmax", [einsum("aecd,abcd->acbe", key!, scaled)]);
  const mixed = einsum("acbe,aecd->abcd", scores, value!);
  const kernel = net.weight("blocks.0.attn.proj.weight", [1, 0], [HEADS, EACH, FEATURES]);
  return graph.node("AddV2", [
    einsum("abcd,cde->abe", mixed, kernel),
    net.weight("blocks.0.attn.proj.bias"),
  ]);
}

/** As timm writes it: one layer for queries, keys and values, which are taken apart. */
function matMulAttention(net: Net, x: string): string {
  const { graph } = net;
  const all = graph.reshape(net.dense(x, "blocks.0.attn.qkv", 3), -1, 3, HEADS, EACH);
  const turned = graph.node("Transpose", [all, graph.list(2, 0, 3, 1, 4)]);
  const parts = graph.node("Unpack", [turned], { num: number(3), axis: number(0) });
  const scores = graph.node("BatchMatMulV2", [parts, `${parts}:1`], {
    adj_x: flag(false),
    adj_y: flag(true),
  });
  const scaled = graph.node("Softmax", [graph.node("Mul", [scores, graph.float(EACH ** -0.5)])]);
  const mixed = graph.node("BatchMatMulV2", [scaled, `${parts}:2`]);
  const back = graph.node("Transpose", [mixed, graph.list(0, 2, 1, 3)]);
  return net.dense(graph.reshape(back, -1, FEATURES), "blocks.0.attn.proj", 3);
}

async function vit(attention: (net: Net, x: string) => string): Promise<ModelFiles> {
  const net = new Net(await Weights.of("vit_timm13"));
  const { graph } = net;
  const patches = net.patches();
  const one = graph.node("Pack", [
    graph.side(patches, 0),
    graph.integer(1),
    graph.integer(FEATURES),
  ]);
  const token = graph.node("BroadcastTo", [net.weight("cls_token"), one]);
  const tokens = graph.node("ConcatV2", [token, patches, graph.integer(1)]);
  const placed = graph.node("AddV2", [tokens, net.weight("pos_embed")]);
  const seen = graph.node("AddV2", [
    placed,
    attention(net, net.layerNorm(placed, "blocks.0.norm1")),
  ]);
  const hidden = net.dense(net.layerNorm(seen, "blocks.0.norm2"), "blocks.0.mlp.0", 3);
  const out = graph.node("AddV2", [net.dense(graph.gelu(hidden), "blocks.0.mlp.2", 3), seen]);
  return graph.files(net.head(graph.cut(net.layerNorm(out, "norm"), null, 0)));
}

async function convnext(): Promise<ModelFiles> {
  const net = new Net(await Weights.of("convnext13"));
  const { graph } = net;
  const block = (x: string, name: string) => {
    const kernel = net.weight(`${name}.dwconv.weight`, [2, 3, 0, 1]);
    const map = graph.node("DepthwiseConv2dNative", [x, kernel], window(1, "SAME"));
    const seen = graph.node("BiasAdd", [map, net.weight(`${name}.dwconv.bias`)]);
    const hidden = net.dense(net.layerNorm(seen, `${name}.norm`), `${name}.pwconv1`, 4);
    const branch = net.dense(graph.gelu(hidden), `${name}.pwconv2`, 4);
    return graph.node("AddV2", [x, graph.node("Mul", [branch, net.weight(`${name}.gamma`)])]);
  };
  const stem = net.layerNorm(net.conv(net.input(), "stem.0", 2), "stem.1.norm");
  const smaller = net.conv(net.layerNorm(block(stem, "first"), "smaller.0.norm"), "smaller.1", 2);
  const pooled = graph.mean(block(smaller, "second"), [1, 2], false);
  return graph.files(net.head(net.layerNorm(pooled, "norm")));
}

/** Functions of tokens [N, 4, 6], as in make_tokens.py. */
const FUNCTIONS: Readonly<Record<string, (x: string, graph: TfGraph) => string>> = {
  reduce_sum: (x, graph) => {
    const sum = (axes: readonly number[], keeps: boolean) =>
      graph.node("Sum", [x, graph.list(...axes)], { keep_dims: flag(keeps) });
    return graph.node("AddV2", [sum([1], false), graph.cut(sum([1, 2], true), null, 0)]);
  },
  reduce_max: (x, graph) => {
    const [most, least] = ["Max", "Min"].map((op) => graph.node(op, [x, graph.list(2)]));
    return graph.node("Sub", [most!, least!]);
  },
  divided: (x, graph) => {
    const size = graph.node("AddV2", [graph.node("Abs", [x]), graph.float(1)]);
    const square = graph.node("AddV2", [graph.node("Square", [x]), graph.float(2)]);
    const inverse = graph.node("RealDiv", [graph.float(1), square]);
    return graph.node("AddV2", [graph.node("RealDiv", [x, size]), inverse]);
  },
  causal: (x, graph) => {
    const [mask, low] = [
      graph.constant(
        Array.from({ length: 16 }, (_, i) => Number(i % 4 > Math.floor(i / 4))),
        [1, 4, 4],
        "mask",
        "bool",
      ),
      graph.float(-1e38),
    ];
    const scores = graph.node("BatchMatMulV2", [x, x], { adj_y: flag(true) });
    const masked = graph.node("SelectV2", [mask, low, scores]);
    return graph.node("BatchMatMulV2", [graph.node("Softmax", [masked]), x]);
  },
  expand: (x, graph) => {
    const first = graph.cut(x, null, [0, 1, 1]);
    return graph.node("Mul", [graph.node("BroadcastTo", [first, graph.node("Shape", [x])]), x]);
  },
  tile: (x, graph) => {
    const twice = graph.node("Tile", [graph.cut(x, null, [0, 2, 1]), graph.list(1, 2, 1)]);
    return graph.node("AddV2", [twice, x]);
  },
  gather: (x, graph) => {
    const some = graph.node("GatherV2", [x, graph.list(2, 0, 3), graph.integer(1)]);
    const product = graph.node("Mul", [graph.cut(x, null, 1), graph.cut(x, null, -1)]);
    return graph.node("AddV2", [product, graph.node("Sum", [some, graph.list(1)])]);
  },
  slices: (x, graph) => {
    const slice = graph.node("Slice", [x, graph.list(0, 2, 3), graph.list(-1, 2, 3)]);
    const strided = graph.cut(x, null, [1, 3, 1], [0, 6, 2]);
    return graph.node("ConcatV2", [strided, slice, graph.integer(1)]);
  },
  squeeze: (x, graph) => {
    const [row, column] = [1, 2].map((axis) => graph.node("ExpandDims", [x, graph.integer(axis)]));
    const mean = graph.mean(graph.node("AddV2", [row!, column!]), [1], false);
    const more = graph.node("ExpandDims", [mean, graph.integer(-1)]);
    return graph.node("Squeeze", [more], { squeeze_dims: { list: { i: ["-1"] } } });
  },
};

async function functionOf(name: string): Promise<ModelFiles> {
  const net = new Net(await Weights.of(name));
  return net.graph.files(FUNCTIONS[name]!(net.patches(), net.graph));
}

/** Each with the case of PyTorch's that it is. */
export const tokenGraphs: readonly (readonly [string, string, () => Promise<ModelFiles>])[] = [
  ["a transformer of einsums", "vit_timm13", () => vit(einsumAttention)],
  ["a transformer of products", "vit_timm13", () => vit(matMulAttention)],
  ["a ConvNeXt", "convnext13", convnext],
  ...Object.keys(FUNCTIONS).map((name) => [name, name, () => functionOf(name)] as const),
];
