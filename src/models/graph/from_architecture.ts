import {
  abs,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  add,
  avgPool2d,
  clamp,
  concat,
  erf,
  exp,
  flatten,
  log,
  maxPool2d,
  mul,
  pad,
  reshape,
  sqrt,
  type Tensor,
  tensor,
} from "../../autograd/index.ts";
import {
  type GraphNode,
  type NetworkGraph,
  type NodeOf,
  type OpName,
  reachable,
} from "../../formats/index.ts";
import * as nn from "../../nn/index.ts";
import { rearrangings } from "./rearranging.ts";

/** What a node computes from its inputs. Layers with parameters are modules, the rest functions. */
type Step = nn.Module | ((...inputs: Tensor[]) => Tensor);

/** Those that `nn` has a layer for. */
type LayerName = keyof typeof nn.activations;

type Builders = {
  readonly [K in Exclude<OpName, LayerName | "input">]: (node: NodeOf<K>) => Step;
};

const single =
  (apply: (x: Tensor) => Tensor): Step =>
  (x) =>
    apply(x!);

/** Joins more than two inputs pairwise. */
const folded =
  (join: (a: Tensor, b: Tensor) => Tensor): Step =>
  (...inputs) =>
    inputs.reduce((a, b) => join(a, b));

const globally = (pool: (x: Tensor, size: number) => Tensor, keepDims: boolean): Step =>
  single((x) => (keepDims ? pool(x, 1) : flatten(pool(x, 1), 1)));

/** Of all ops but the layers without parameters that `nn` lists. */
const builders: Builders = {
  conv2d: ({ attrs, weights }) => {
    const { inChannels, outChannels, kernelSize, stride, padding, dilation, groups } = attrs;
    const bias = weights.bias !== undefined;
    return new nn.Conv2d(inChannels, outChannels, kernelSize, {
      stride,
      padding,
      dilation,
      groups,
      bias,
    });
  },
  convTranspose2d: ({ attrs, weights }) => {
    const { inChannels, outChannels, kernelSize, ...options } = attrs;
    const bias = weights.bias !== undefined;
    return new nn.ConvTranspose2d(inChannels, outChannels, kernelSize, { ...options, bias });
  },
  linear: ({ attrs, weights }) =>
    new nn.Linear(attrs.inFeatures, attrs.outFeatures, { bias: weights.bias !== undefined }),
  batchNorm: ({ attrs: { numFeatures, eps, momentum }, weights }) =>
    new nn.BatchNorm2d(numFeatures, {
      eps,
      momentum: Math.max(momentum, LEAST_MOMENTUM),
      affine: weights.weight !== undefined || weights.bias !== undefined,
    }),
  groupNorm: ({ attrs: { numGroups, numChannels, eps }, weights }) =>
    new nn.GroupNorm(numGroups, numChannels, { eps, affine: weights.weight !== undefined }),
  layerNorm: ({ attrs: { numFeatures, eps }, weights }) =>
    new nn.LayerNorm(numFeatures, {
      eps,
      elementwiseAffine: weights.weight !== undefined,
      bias: weights.bias !== undefined,
      dim: 1,
    }),
  rmsNorm: ({ attrs: { numFeatures, eps }, weights }) =>
    new nn.RMSNorm(numFeatures, { eps, elementwiseAffine: weights.weight !== undefined, dim: 1 }),
  localResponseNorm: ({ attrs: { size, ...options } }) => new nn.LocalResponseNorm(size, options),
  maxPool2d: ({ attrs }) => single((x) => maxPool2d(x, attrs)),
  avgPool2d: ({ attrs }) => single((x) => avgPool2d(x, attrs)),
  globalAvgPool: ({ attrs }) => globally(adaptiveAvgPool2d, attrs.keepDims),
  globalMaxPool: ({ attrs }) => globally(adaptiveMaxPool2d, attrs.keepDims),
  abs: () => single(abs),
  exp: () => single(exp),
  log: () => single(log),
  sqrt: () => single(sqrt),
  erf: () => single(erf),
  leakyRelu: ({ attrs }) => new nn.LeakyReLU(attrs.negativeSlope),
  elu: ({ attrs }) => new nn.ELU(attrs.alpha),
  prelu: ({ attrs }) => new nn.PReLU(attrs.numParameters),
  gelu: ({ attrs }) => new nn.GELU(attrs),
  softmax: () => new nn.Softmax(1),
  logSoftmax: () => new nn.LogSoftmax(1),
  dropout: ({ attrs }) => new nn.Dropout(attrs.p),
  flatten: () => single((x) => flatten(x, 1)),
  reshape: ({ attrs }) => single((x) => reshape(x, [x.shape[0]!, ...attrs.shape])),
  ...rearrangings,
  add: () => folded(add),
  mul: () => folded(mul),
  concat:
    () =>
    (...inputs) =>
      concat(inputs, 1),
  pad: ({ attrs: { padding, mode, value } }) => {
    const [top, bottom, left, right] = padding;
    const options = mode === "constant" ? { mode, value } : { mode };
    return single((x) => pad(x, [left, right, top, bottom], options));
  },
  rescale: ({ attrs }) => new Rescale(attrs.scale, attrs.offset),
  clamp: ({ attrs: { min, max } }) => single((x) => clamp(x, min, max)),
};

/** x · scale + offset per channel, as the file's preprocessing has it; never trained. */
class Rescale extends nn.Module {
  constructor(
    private readonly scale: readonly number[],
    private readonly offset: readonly number[],
  ) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return add(mul(x, perChannel(this.scale, x)), perChannel(this.offset, x));
  }
}

/** A number, or a tensor that broadcasts along the channels of `x`. */
function perChannel(values: readonly number[], x: Tensor): number | Tensor {
  if (values.length === 1) return values[0]!;
  return tensor([...values], {
    shape: [1, values.length, ...x.shape.slice(2).map(() => 1)],
    dtype: "f32",
  });
}

const isLayer = (op: OpName): op is LayerName => Object.hasOwn(nn.activations, op);

/**
 * PyTorch's share of the new value in running statistics, where a file asks for less. Keras' 0.01 leaves them behind when a
 * few hundred steps train all layers: ants and bees with MobileNet at a rate of 0.005, 62.5 % instead of 75.
 */
const LEAST_MOMENTUM = 0.1;

function build(node: GraphNode): Step {
  const { op } = node;
  if (op === "input") return single((x) => x);
  if (isLayer(op)) return new nn.activations[op]();
  // TypeScript can't see that op and builder belong together.
  const builder = builders[op] as (node: GraphNode) => Step;
  return builder(node);
}

/** The node before it that has the same tensors, for a layer that is used more than once. */
function ownerOf(node: GraphNode, owners: Map<string, GraphNode>): GraphNode | undefined {
  const names = Object.values(node.weights);
  if (names.length === 0) return undefined;
  const key = `${node.op} ${JSON.stringify(names)}`;
  const owner = owners.get(key);
  if (!owner) owners.set(key, node);
  return owner;
}

/** "running_mean" → "runningMean": what the module's own field is called. */
function camelCase(role: string): string {
  return role.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A network built from what a file says about it. Its layers bear the file's names, so
 * `transfer.loadPretrained` fits; it trains and freezes like any other model.
 */
export class GraphModel extends nn.Module {
  readonly #steps = new Map<string, Step>();
  readonly #children = new Map<string, nn.Module>();
  readonly #lastUse = new Map<string, number>();
  readonly inputShape: readonly (number | null)[];

  constructor(readonly graph: NetworkGraph) {
    super();
    this.inputShape = graph.inputShape;
    const owners = new Map<string, GraphNode>();
    graph.nodes.forEach((node, i) => {
      const owner = ownerOf(node, owners);
      const step = owner ? this.#shared(node, owner) : build(node);
      this.#steps.set(node.name, step);
      if (step instanceof nn.Module && !owner) this.#children.set(node.name, step);
      for (const input of node.inputs) this.#lastUse.set(input, i);
    });
    for (const output of graph.outputs) this.#lastUse.set(output, graph.nodes.length);
  }

  override namedChildren(): [string, nn.Module][] {
    return [...this.#children];
  }

  /** Also takes the module's place where its layer is used again. */
  override setChild(name: string, module: nn.Module): void {
    const before = this.#children.get(name);
    this.#children.set(name, module);
    this.#steps.set(name, module);
    for (const [other, step] of this.#steps) if (step === before) this.#steps.set(other, module);
  }

  /** A layer that is used again: the same module, or one of other attributes with the same tensors. */
  #shared(node: GraphNode, owner: GraphNode): Step {
    const first = this.#steps.get(owner.name)!;
    if (JSON.stringify(node.attrs) === JSON.stringify(owner.attrs)) return first;
    const step = build(node);
    const tensors = first instanceof nn.Module ? first : {};
    for (const role of Object.keys(node.weights)) {
      Reflect.set(step, camelCase(role), Reflect.get(tensors, camelCase(role)));
    }
    return step;
  }

  override forward(input: Tensor): Tensor {
    const { nodes, outputs } = this.graph;
    const values = new Map<string, Tensor>();
    nodes.forEach((node, i) => {
      const inputs = node.op === "input" ? [input] : node.inputs.map((name) => values.get(name)!);
      const step = this.#steps.get(node.name)!;
      const value =
        step instanceof nn.Module ? (step.forward(...inputs) as Tensor) : step(...inputs);
      values.set(node.name, value);
      this.#free(values, node.inputs, i, input);
    });
    return values.get(outputs[0]!)!;
  }

  /** Frees what no later node needs, unless another name stands for the same tensor. */
  #free(values: Map<string, Tensor>, names: readonly string[], now: number, input: Tensor): void {
    for (const name of new Set(names)) {
      const value = values.get(name)!;
      if (this.#lastUse.get(name) !== now) continue;
      values.delete(name);
      if (value !== input && ![...values.values()].includes(value)) value.dispose();
    }
  }
}

/**
 * Builds the network a file describes; of several outputs, what gives the first. Running statistics of batch normalisation
 * move at least as fast as PyTorch's: with Keras' momentum they lag behind when a network is fine-tuned.
 *
 * @param options.logits leave out a final softmax or its logarithm, so that cross-entropy can train it. Default true.
 */
export function fromArchitecture(
  graph: NetworkGraph,
  options: { logits?: boolean } = {},
): GraphModel {
  const outputs = graph.outputs.slice(0, 1);
  const single = { ...graph, outputs, nodes: reachable(graph.nodes, outputs) };
  return new GraphModel((options.logits ?? true) ? withoutFinalSoftmax(single) : single);
}

/** Takes out a softmax at the end, and a logarithm of it, also one that is only reshaped afterwards. */
function withoutFinalSoftmax(graph: NetworkGraph): NetworkGraph {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  let last = byName.get(graph.outputs[0]!);
  while (last && (last.op === "reshape" || last.op === "flatten"))
    last = byName.get(last.inputs[0]!);
  const removed = [last?.name];
  if (last?.op === "log") last = byName.get(last.inputs[0]!);
  if (last?.op !== "softmax" && (last?.op !== "logSoftmax" || removed[0] !== last.name))
    return graph;
  removed.push(last.name);
  const { inputs } = last;
  const rename = (name: string) => (removed.includes(name) ? inputs[0]! : name);
  const nodes = graph.nodes
    .filter((node) => !removed.includes(node.name))
    .map((node) => ({ ...node, inputs: node.inputs.map(rename) }) as GraphNode);
  return { ...graph, nodes, outputs: graph.outputs.map(rename) };
}
