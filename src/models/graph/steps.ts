import {
  abs,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  add,
  avgPool2d,
  clamp,
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
import type { GraphNode, NodeOf, OpName } from "../../formats/index.ts";
import * as nn from "../../nn/index.ts";
import { moduleFor, type Replacements } from "./given_layers.ts";
import { movings } from "./moving.ts";
import { rearrangings } from "./rearranging.ts";
import type { Step } from "./step.ts";

/** Those that `nn` has a layer for. */
type LayerName = keyof typeof nn.activations;

type Builders = {
  readonly [K in Exclude<OpName, LayerName | "input" | "given">]: (node: NodeOf<K>) => Step;
};

const single =
  (apply: (x: Tensor) => Tensor): Step =>
  (x) =>
    apply(x!);

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
  layerNorm: ({ attrs: { numFeatures, eps, isLast }, weights }) =>
    new nn.LayerNorm(numFeatures, {
      eps,
      elementwiseAffine: weights.weight !== undefined,
      bias: weights.bias !== undefined,
      dim: isLast ? undefined : 1,
    }),
  rmsNorm: ({ attrs: { numFeatures, eps, isLast }, weights }) => {
    const dim = isLast ? undefined : 1;
    return new nn.RMSNorm(numFeatures, { eps, elementwiseAffine: !!weights.weight, dim });
  },
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
  softmax: ({ attrs: { dim = 0 } }) => new nn.Softmax(dim + 1),
  logSoftmax: ({ attrs: { dim = 0 } }) => new nn.LogSoftmax(dim + 1),
  dropout: ({ attrs }) => new nn.Dropout(attrs.p),
  flatten: () => single((x) => flatten(x, 1)),
  reshape: ({ attrs }) => single((x) => reshape(x, [x.shape[0]!, ...attrs.shape])),
  ...rearrangings,
  ...movings,
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

/** Makes what a node computes, its weights fresh. @param given modules for layers of op `given`. */
export function buildStep(node: GraphNode, given: Replacements): Step {
  const { op } = node;
  if (op === "input") return single((x) => x);
  if (op === "given") return moduleFor(node, given);
  if (isLayer(op)) return new nn.activations[op]();
  // TypeScript can't see that op and builder belong together.
  const builder = builders[op] as (node: GraphNode) => Step;
  return builder(node);
}
