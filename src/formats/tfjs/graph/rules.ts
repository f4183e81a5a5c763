import * as elementwise from "../../graph/nodes/elementwise.ts";
import { prelu } from "../../graph/nodes/layers.ts";
import { identity } from "../../graph/nodes/shapes.ts";
import * as layers from "./layers.ts";
import type { TfNode, TfRule } from "./nodes.ts";
import * as rearranging from "./rearranging.ts";
import * as shapes from "./shapes.ts";

const RULES: ReadonlyMap<string, TfRule> = new Map<string, TfRule>([
  ["Conv2D", layers.conv2d],
  ["_FusedConv2D", layers.conv2d],
  ["FusedConv2D", layers.conv2d],
  ["DepthwiseConv2d", layers.depthwiseConv2d],
  ["DepthwiseConv2dNative", layers.depthwiseConv2d],
  ["FusedDepthwiseConv2dNative", layers.depthwiseConv2d],
  ["Conv2DBackpropInput", rearranging.convTranspose2d],
  ["ResizeBilinear", rearranging.resize("bilinear")],
  ["ResizeNearestNeighbor", rearranging.resize("nearest")],
  ["DepthToSpace", rearranging.squares("depthToSpace")],
  ["SpaceToDepth", rearranging.squares("spaceToDepth")],
  ["Slice", rearranging.slice],
  ["StridedSlice", rearranging.stridedSlice],
  ["Split", rearranging.split],
  ["SplitV", rearranging.split],
  ["MatMul", layers.matMul],
  ["_FusedMatMul", layers.matMul],
  ["FusedBatchNorm", layers.batchNorm],
  ["FusedBatchNormV2", layers.batchNorm],
  ["FusedBatchNormV3", layers.batchNorm],
  ["MaxPool", layers.pool("maxPool2d")],
  ["AvgPool", layers.pool("avgPool2d")],
  ["Pad", layers.pad],
  ["PadV2", layers.pad],
  ["MirrorPad", layers.pad],
  ...[...layers.ACTIVATIONS].map(([op, apply]): [string, TfRule] => [
    op,
    elementwise.onValue(apply),
  ]),
  ["LeakyRelu", elementwise.onValue(elementwise.leakyRelu(0.2))],
  ["Prelu", elementwise.onValue(prelu(1))],
  ["Softmax", elementwise.softmax("softmax")],
  ["LogSoftmax", elementwise.softmax("logSoftmax")],
  ["Add", elementwise.arithmetic("add")],
  ["AddV2", elementwise.arithmetic("add")],
  ["BiasAdd", elementwise.arithmetic("add")],
  ["Sub", elementwise.arithmetic("sub")],
  ["Mul", elementwise.arithmetic("mul")],
  ["RealDiv", elementwise.arithmetic("div")],
  ["Div", elementwise.arithmetic("div")],
  ["AddN", elementwise.sum],
  ["Neg", elementwise.onValue(elementwise.negative)],
  ["Pow", elementwise.onValue(elementwise.pow)],
  ["Rsqrt", elementwise.onValue(elementwise.inverseRoot)],
  ["Square", elementwise.onValue(elementwise.square)],
  ["LRN", layers.lrn],
  ["Minimum", elementwise.bounded("min")],
  ["Maximum", elementwise.bounded("max")],
  ["Mean", shapes.reduce("globalAvgPool")],
  ["Max", shapes.reduce("globalMaxPool")],
  ["Reshape", shapes.reshape],
  ["Squeeze", shapes.squeeze],
  ["ExpandDims", shapes.expandDims],
  ["ConcatV2", shapes.concat],
  ["Transpose", shapes.transpose],
  ["Identity", identity],
  ["Snapshot", identity],
  ["StopGradient", identity],
  ["Cast", identity],
  ["Dropout", identity],
]);

/** @returns the rule for a node; undefined when there is none. */
export function ruleFor({ op }: TfNode): TfRule | undefined {
  return RULES.get(op);
}
