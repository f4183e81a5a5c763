import type {
  AppliedOp,
  BatchNormAttributes,
  RowNormAttributes,
  Tensor,
} from "../../../autograd/index.ts";
import type { HW, Window } from "../../../base/index.ts";
import { type OpAttrs, PLAIN_ACTIVATIONS } from "../../../formats/index.ts";
import type { Activation, ConvShape, LocalResponse } from "../../../kernels/index.ts";
import { arithmetic } from "./arithmetic.ts";
import type { GraphWriter } from "./graph_writer.ts";
import * as moving from "./moving.ts";
import { padConstant, padEdges } from "./padding.ts";
import { convTranspose2d, narrow, rearrange, resize } from "./rearranging.ts";

type Translator = (op: AppliedOp, graph: GraphWriter) => void;

/** What the attributes of an op are; each op's own file defines them. */
const attributesOf = <T>(op: AppliedOp): T => op.attributes as T;

const windowAttrs = ({ kernel, stride, pads }: Window) => ({
  kernelSize: kernel,
  stride,
  padding: pads,
});

/** An op of one tensor whose attributes come from the traced ones. */
const simple =
  <K extends keyof OpAttrs>(name: K, attrs: (op: AppliedOp) => OpAttrs[K]): Translator =>
  (op, graph) =>
    graph.add(name, [op.inputs[0]!], attrs(op), op.output);

const softmaxOf =
  (name: "softmax" | "logSoftmax"): Translator =>
  (op, graph) => {
    const { dim } = attributesOf<{ dim: number }>(op);
    const side = graph.side(op.inputs[0]!, dim);
    if (dim === 0) graph.fail(name, "along the batch");
    else graph.add(name, [op.inputs[0]!], side === 0 ? {} : { dim: side }, op.output);
  };

/** The weight and bias of a normalisation. */
function affineOf(op: AppliedOp) {
  const { weight, bias } = attributesOf<RowNormAttributes>(op);
  const at = (index: number | null) => (index === null ? null : op.inputs[index]!.array);
  return { weight: at(weight), bias: at(bias) };
}

const overFeatures =
  (name: "layerNorm" | "rmsNorm"): Translator =>
  (op, graph) => {
    const input = op.inputs[0]!;
    const { layout, eps } = attributesOf<RowNormAttributes>(op);
    const [images, numFeatures] = input.shape;
    const { samples, channels } = layout;
    const isLast = channels === input.shape.at(-1) && samples * channels === input.size;
    if (samples === images && channels === numFeatures)
      graph.add(name, [input], { numFeatures, eps }, op.output, affineOf(op));
    else if (isLast) {
      const attrs = { numFeatures: channels, eps, isLast };
      graph.add(name, [input], attrs, op.output, affineOf(op));
    } else graph.fail(name, "only the norm over the channels or one last dimension can be written");
  };

/** Adds the layer and, where it was fused, its ReLU. */
function withActivation(
  op: AppliedOp,
  graph: GraphWriter,
  activation: Activation,
  add: (output: Tensor) => void,
): void {
  if (activation === "none") {
    add(op.output);
    return;
  }
  const between = op.output.detach(); // stands for the value before the ReLU
  add(between);
  graph.add("relu", [between], {}, op.output);
  between.dispose();
}

const translators: Record<string, Translator> = {
  ...Object.fromEntries(PLAIN_ACTIVATIONS.map((op) => [op, simple(op, () => ({}))])),
  conv2d: (op, graph) => {
    const { shape, activation } = attributesOf<{ shape: ConvShape; activation: Activation }>(op);
    const { channels: inChannels, outChannels, groups, window } = shape;
    const attrs = {
      ...windowAttrs(window),
      dilation: window.dilation,
      inChannels,
      outChannels,
      groups,
    };
    const [input, weight, bias] = op.inputs;
    withActivation(op, graph, activation, (output) =>
      graph.add("conv2d", [input!], attrs, output, { weight: weight!.array, bias: bias?.array }),
    );
  },
  convTranspose2d,
  linear: (op, graph) => {
    const { activation } = attributesOf<{ activation: Activation }>(op);
    const [input, weight, bias] = op.inputs;
    const [outFeatures, inFeatures] = weight!.shape as [number, number];
    const attrs = { inFeatures, outFeatures };
    withActivation(op, graph, activation, (output) =>
      graph.add("linear", [input!], attrs, output, { weight: weight!.array, bias: bias?.array }),
    );
  },
  batchNorm: (op, graph) => {
    const { eps, momentum, weight, bias, runningMean, runningVar } =
      attributesOf<BatchNormAttributes>(op);
    const at = (index: number | null) => (index === null ? null : op.inputs[index]!.array);
    const weights = {
      weight: at(weight),
      bias: at(bias),
      running_mean: runningMean,
      running_var: runningVar,
    };
    const attrs = { numFeatures: op.output.shape[1]!, eps, momentum: momentum() };
    graph.add("batchNorm", [op.inputs[0]!], attrs, op.output, weights);
  },
  groupNorm: (op, graph) => {
    const { layout, eps } = attributesOf<RowNormAttributes>(op);
    const attrs = { numGroups: layout.groups as number, numChannels: layout.channels, eps };
    graph.add("groupNorm", [op.inputs[0]!], attrs, op.output, affineOf(op));
  },
  layerNorm: overFeatures("layerNorm"),
  rmsNorm: overFeatures("rmsNorm"),
  localResponseNorm: simple("localResponseNorm", (op) => {
    const { before, after, alpha, beta, k } = attributesOf<LocalResponse>(op);
    const size = before + after + 1;
    return { size, alpha: alpha * size, beta, k };
  }),
  maxPool2d: simple("maxPool2d", (op) => {
    const { window, ceilMode } = attributesOf<{ window: Window; ceilMode: boolean }>(op);
    return { ...windowAttrs(window), dilation: window.dilation, ceilMode };
  }),
  avgPool2d: simple("avgPool2d", (op) => {
    const { window, ceilMode, countIncludePad } = attributesOf<{
      window: Window;
      ceilMode: boolean;
      countIncludePad: boolean;
    }>(op);
    return { ...windowAttrs(window), ceilMode, countIncludePad };
  }),
  adaptiveAvgPool2d: (op, graph) => {
    const [input] = op.inputs;
    const [, , height, width] = input!.shape;
    const [outHeight, outWidth] = attributesOf<{ outHW: HW }>(op).outHW;
    if (height === outHeight && width === outWidth) graph.alias(input!, op.output);
    else if (outHeight === 1 && outWidth === 1)
      graph.add("globalAvgPool", [input!], { keepDims: true }, op.output);
    else if (height! % outHeight === 0 && width! % outWidth === 0) {
      const kernelSize: HW = [height! / outHeight, width! / outWidth];
      const attrs = {
        kernelSize,
        stride: kernelSize,
        padding: [0, 0, 0, 0],
        ceilMode: false,
        countIncludePad: true,
      } as const;
      graph.add("avgPool2d", [input!], attrs, op.output);
    } else
      graph.fail(
        "adaptiveAvgPool2d",
        `${height}×${width} isn't a multiple of ${outHeight}×${outWidth}`,
      );
  },
  mean: (op, graph) => {
    const { dims, keepdim } = attributesOf<{ dims: readonly number[]; keepdim: boolean }>(op);
    const along = [...dims].sort().join();
    const global = { 3: graph.axes === "any" ? "" : "2", 4: "2,3" }[op.inputs[0]!.ndim];
    if (along === global)
      graph.add("globalAvgPool", [op.inputs[0]!], { keepDims: keepdim }, op.output);
    else moving.reduce("mean")(op, graph);
  },
  reshape: (op, graph) => {
    const input = graph.unshaped(op.inputs[0]!, op.output);
    const [from, to] = [input, op.output].map((tensor) => graph.sides(tensor.shape.slice(1)));
    if (from!.join() === to!.join()) graph.alias(input, op.output);
    else if (to!.length === 1) graph.add("flatten", [input], {}, op.output);
    else graph.add("reshape", [input], { shape: to! }, op.output);
  },
  leakyRelu: simple("leakyRelu", (op) => ({ negativeSlope: attributesOf<number>(op) })),
  elu: simple("elu", (op) => ({ alpha: attributesOf<number>(op) })),
  prelu: ({ inputs: [input, weight], output }, graph) =>
    graph.add("prelu", [input!], { numParameters: weight!.size }, output, {
      weight: weight!.array,
    }),
  gelu: simple("gelu", () => ({ approximate: "none" })),
  geluTanh: simple("gelu", () => ({ approximate: "tanh" })),
  softmax: softmaxOf("softmax"),
  logSoftmax: softmaxOf("logSoftmax"),
  adaptiveMaxPool2d: (op, graph) => {
    const [input] = op.inputs;
    const [, , height, width] = input!.shape;
    const [outHeight, outWidth] = attributesOf<{ outHW: HW }>(op).outHW;
    if (height === outHeight && width === outWidth) graph.alias(input!, op.output);
    else if (outHeight === 1 && outWidth === 1)
      graph.add("globalMaxPool", [input!], { keepDims: true }, op.output);
    else graph.fail("adaptiveMaxPool2d", "only the maximum of a whole map can be written");
  },
  resize,
  rearrange,
  narrow,
  pad: padConstant,
  padEdges,
  neg: simple("rescale", () => ({ scale: [-1], offset: [0] })),
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: arithmetic,
  concat: moving.concat,
  permute: moving.permute,
  matmul: moving.matmul,
  sum: moving.reduce("sum"),
  amax: moving.reduce("max"),
  amin: moving.reduce("min"),
  pow: moving.pow,
  square: moving.square,
  expand: moving.expand,
  gather: moving.select,
  where: moving.where,
  clamp: simple("clamp", (op) => {
    const { low, high } = attributesOf<{ low: number | null; high: number | null }>(op);
    return { min: low ?? -3.4e38, max: high ?? 3.4e38 };
  }),
};

/** Adds what an operation does to the graph. Operations that don't touch the image don't count. */
export function translate(op: AppliedOp, graph: GraphWriter): void {
  const image = op.inputs.find((input) => graph.knows(input));
  if (!image) {
    const isSame = op.name === "reshape" || op.name === "expand";
    if (isSame && op.inputs[0]!.size === op.output.size) graph.reshaped(op.inputs[0]!, op.output);
    return;
  }
  const translator = Object.hasOwn(translators, op.name) ? translators[op.name] : undefined;
  const isInFront = op.output.ndim === 0 || op.output.shape[0] === 1;
  if (translator && isInFront) translator(op, graph);
  else if (translator) graph.fail(op.name, "the batch doesn't stay in front");
  else graph.fail(op.name, "no file format here has such a layer");
  // Whatever else can't be written is to be found as well.
  if (!graph.knows(op.output)) graph.alias(image, op.output);
}
