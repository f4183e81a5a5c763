import type { AppliedOp, Rearrangement, ResizeAttributes } from "../../../autograd/index.ts";
import type { HW } from "../../../base/index.ts";
import type { OpAttrs } from "../../../formats/index.ts";
import type { ConvShape } from "../../../kernels/index.ts";
import type { GraphWriter } from "./graph_writer.ts";

/** From the convolution whose input gradient it is. */
export function convTranspose2d(op: AppliedOp, graph: GraphWriter): void {
  const [input, weight, bias] = op.inputs;
  const weights = { weight: weight!.array, bias: bias?.array };
  const attrs = transposedAttrs(op.attributes as ConvShape);
  graph.add("convTranspose2d", [input!], attrs, op.output, weights);
}

function transposedAttrs({ window, ...shape }: ConvShape): OpAttrs["convTranspose2d"] {
  const { kernel, stride, dilation, pads } = window;
  const more = (size: number, from: number, axis: 0 | 1) => {
    const plain = (from - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1;
    return size + pads[2 * axis]! + pads[2 * axis + 1]! - plain;
  };
  const outputPadding: HW = [
    more(shape.height, shape.outHeight, 0),
    more(shape.width, shape.outWidth, 1),
  ];
  return {
    kernelSize: kernel,
    stride,
    padding: pads,
    outputPadding,
    dilation,
    inChannels: shape.outChannels,
    outChannels: shape.channels,
    groups: shape.groups,
  };
}

export function resize(op: AppliedOp, graph: GraphWriter): void {
  const { outHW, scale, mode, coordinates, rounding } = op.attributes as ResizeAttributes;
  const attrs = { mode, coordinates, rounding, size: scale ? null : outHW, scale };
  graph.add("resize", [op.inputs[0]!], attrs, op.output);
}

export function rearrange(op: AppliedOp, graph: GraphWriter): void {
  const how = op.attributes as Rearrangement;
  const inputs = [op.inputs[0]!];
  if (how.kind === "channelShuffle") {
    graph.add("channelShuffle", inputs, { groups: how.groups }, op.output);
  } else graph.add(how.kind, inputs, { block: how.block, order: how.order }, op.output);
}

export function narrow(op: AppliedOp, graph: GraphWriter): void {
  const { dim, start, length } = op.attributes as { dim: number; start: number; length: number };
  const attrs = { dim: graph.side(op.inputs[0]!, dim), start, end: start + length };
  if (dim === 0) graph.fail("narrow", "the batch can't be cut");
  else graph.add("narrow", [op.inputs[0]!], attrs, op.output);
}
