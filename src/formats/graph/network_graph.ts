import type { HW, Resizing, Sides } from "../../base/index.ts";
import type { WeightFileError } from "../errors.ts";
import type { PlainActivation } from "./activations.ts";

/**
 * The network that a weight file describes, as a graph in PyTorch's terms: NCHW maps, OIHW kernels. What a file
 * means in other terms (NHWC, HWIO, rows of a dense layer in HWC order) was translated when it was read.
 */
export interface NetworkGraph {
  readonly name?: string;
  /** Without the batch: [channels, height, width] or [features]. `null` where the file leaves a side open. */
  readonly inputShape: Shape;
  /** How the file itself lays out images; what its own users feed. */
  readonly fileLayout: "NHWC" | "NCHW";
  /** In an order in which every node comes after its inputs. The first is the only one of op `input`. */
  readonly nodes: readonly GraphNode[];
  /** Names of the nodes whose values the network gives. */
  readonly outputs: readonly string[];
  /** Class names in the order of the outputs, where the file tells. */
  readonly classes?: readonly string[];
}

/** Sides of a value without its batch: [channels, height, width] or [features]. `null` stands for any length. */
export type Shape = readonly (number | null)[];

/** What a layer's tensor is for. The names are those of PyTorch's state dicts. */
export type WeightRole = "weight" | "bias" | "running_mean" | "running_var";

/** One step of the network. */
export interface NodeOf<K extends OpName> {
  /** Unique. Taken from the file. */
  readonly name: string;
  readonly op: K;
  /** Names of the nodes whose values it takes. */
  readonly inputs: readonly string[];
  readonly attrs: OpAttrs[K];
  /** Names in the file's `tensors`, by role: normally `<name>.<role>`. */
  readonly weights: Readonly<Partial<Record<WeightRole, string>>>;
}

export type GraphNode = { [K in OpName]: NodeOf<K> }[OpName];
export type OpName = keyof OpAttrs;

type None = Readonly<Record<never, never>>;

interface Window {
  readonly kernelSize: HW;
  readonly stride: HW;
  /** `"same"` is TensorFlow's rule, which depends on the input's size; else top, bottom, left, right. */
  readonly padding: "same" | Sides;
}

interface RowNorm {
  readonly numFeatures: number;
  readonly eps: number;
  /** Whether the features are the last side, not the first: those of tokens [length, features]. */
  readonly isLast?: boolean;
}

/** Which side; the channels or features, the first, where left out. */
interface Along {
  readonly dim?: number;
}

interface PixelSquares {
  readonly block: number;
  readonly order: "CRD" | "DCR";
}

/** The attributes of every op. A network with anything else can't be built. */
export interface OpAttrs extends Readonly<Record<PlainActivation, None>> {
  readonly input: None;
  /** Weights: `weight` [outChannels, inChannels / groups, h, w], `bias` [outChannels] or none. */
  readonly conv2d: Window & {
    readonly inChannels: number;
    readonly outChannels: number;
    readonly dilation: HW;
    readonly groups: number;
  };
  /** Weights: `weight` [inChannels, outChannels / groups, h, w], `bias` [outChannels] or none. */
  readonly convTranspose2d: {
    readonly kernelSize: HW;
    readonly stride: HW;
    readonly padding: Sides;
    /** Rows and columns more at the bottom and right. */
    readonly outputPadding: HW;
    readonly inChannels: number;
    readonly outChannels: number;
    readonly dilation: HW;
    readonly groups: number;
  };
  /** Along the last side. Weights: `weight` [outFeatures, inFeatures], `bias` [outFeatures] or none. */
  readonly linear: { readonly inFeatures: number; readonly outFeatures: number };
  /** Weights: all four roles, each [numFeatures]. `momentum` is PyTorch's: the share of the new value. */
  readonly batchNorm: {
    readonly numFeatures: number;
    readonly eps: number;
    readonly momentum: number;
  };
  /**
   * Each sample over groups of neighbouring channels; with as many groups as channels it is instance norm. Weights: `weight`
   * and `bias`, each [numChannels] or none.
   */
  readonly groupNorm: {
    readonly numGroups: number;
    readonly numChannels: number;
    readonly eps: number;
  };
  /** Each place over its channels or features. Weights: `weight` and `bias`, each [numFeatures] or none. */
  readonly layerNorm: RowNorm;
  /** The same without a mean: x over its root mean square. Weights: `weight` [numFeatures] or none. */
  readonly rmsNorm: RowNorm;
  /** PyTorch's: alpha is divided by the number of channels in a window. */
  readonly localResponseNorm: {
    readonly size: number;
    readonly alpha: number;
    readonly beta: number;
    readonly k: number;
  };
  readonly maxPool2d: Window & { readonly dilation: HW; readonly ceilMode: boolean };
  readonly avgPool2d: Window & { readonly ceilMode: boolean; readonly countIncludePad: boolean };
  /** [C, H, W] → [C, 1, 1], or [C] without `keepDims`. */
  readonly globalAvgPool: { readonly keepDims: boolean };
  readonly globalMaxPool: { readonly keepDims: boolean };
  readonly leakyRelu: { readonly negativeSlope: number };
  readonly elu: { readonly alpha: number };
  /** Weights: `weight` [numParameters], a slope below zero for each channel or feature, or one for all. */
  readonly prelu: { readonly numParameters: number };
  readonly gelu: { readonly approximate: "none" | "tanh" };
  readonly softmax: Along;
  /** Its logarithm. */
  readonly logSoftmax: Along;
  readonly dropout: { readonly p: number };
  /** [C, H, W] → [C·H·W], channels slowest. Weights behind it were put in this order at reading. */
  readonly flatten: None;
  /** The elements keep their order. */
  readonly reshape: { readonly shape: readonly number[] };
  /** Height and width become `size`, or grow by `scale` and are rounded down: the other is null. */
  readonly resize: Resizing & { readonly size: HW | null; readonly scale: HW | null };
  /** Squares of `block` × `block` pixels out of channels, or channels out of them; `order` as ONNX has it. */
  readonly depthToSpace: PixelSquares;
  readonly spaceToDepth: PixelSquares;
  /** One channel of each group in turn. */
  readonly channelShuffle: { readonly groups: number };
  /** From `start` up to `end` of one side, the first being channels or features; an `end` of 0 and less counts from the last. */
  readonly narrow: { readonly dim: number; readonly start: number; readonly end: number };
  /** Element by element, two or more inputs; [C, 1, 1] fits any [C, H, W], and so does any side of 1. */
  readonly add: None;
  readonly mul: None;
  /** The first input over the second, element by element. */
  readonly div: None;
  readonly pow: { readonly exponent: number };
  readonly concat: Along;
  /** Products of matrices, the last two sides; those before spread as in `add`. */
  readonly matmul: None;
  /** The sides in another order. */
  readonly permute: { readonly order: readonly number[] };
  /** Over some sides, which stay as 1 with `keepDims`. */
  readonly reduce: {
    readonly kind: "sum" | "mean" | "max" | "min" | "l2";
    readonly dims: readonly number[];
    readonly keepDims: boolean;
  };
  /** Sides of 1 repeated up to a shape. */
  readonly expand: { readonly shape: readonly number[] };
  /** Some entries of one side, in this order. */
  readonly select: { readonly dim: number; readonly indices: readonly number[] };
  /** The second input where the first isn't 0, else the third. */
  readonly where: None;
  /** No inputs. Weights: `weight`, as many elements as `shape`, the same for each image; class tokens, positions, masks. */
  readonly constant: { readonly shape: readonly number[]; readonly isTrained: boolean };
  readonly pad: {
    readonly padding: Sides;
    readonly mode: "constant" | "reflect" | "replicate";
    readonly value: number;
  };
  /** x · scale + offset, each one number for all channels or one per channel. Not trained. */
  readonly rescale: { readonly scale: readonly number[]; readonly offset: readonly number[] };
  readonly clamp: { readonly min: number; readonly max: number };
  /** A layer that whoever reads the file gives, by its name there or its `type`: `key`. */
  readonly given: { readonly key: string; readonly type: string; readonly shape: Shape };
}

/** What a reader found out about the network: itself, or why it can't be built. */
export interface DescribesNetwork {
  readonly graph?: NetworkGraph;
  readonly graphError?: WeightFileError;
}

/**
 * @returns the network that a file describes.
 * @throws WeightFileError listing every unsupported layer; Error when the file holds weights only.
 */
export function requireArchitecture(file: DescribesNetwork & { readonly format: string }) {
  if (file.graph) return file.graph;
  if (file.graphError) throw file.graphError;
  throw new Error(
    `This ${file.format} file holds weights and no architecture; build a model (say models.vgg16()) and load ` +
      "the weights into it with transfer.loadPretrained(model, file)",
  );
}
