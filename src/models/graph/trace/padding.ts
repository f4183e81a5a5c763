import type { AppliedOp, Tensor } from "../../../autograd/index.ts";
import type { Sides } from "../../../base/index.ts";
import type { EdgePadding, Padding } from "../../../kernels/index.ts";
import type { GraphWriter } from "./graph_writer.ts";

/** A number around a map, or channels of zeros before and after its own. */
export function padConstant(op: AppliedOp, graph: GraphWriter): void {
  const { before, after, value } = op.attributes as Padding & { readonly value: number };
  const [input] = op.inputs as [Tensor];
  const [images, channelsBefore, top, left] = before as [number, number, number, number];
  const [moreImages, channelsAfter, bottom, right] = after as [number, number, number, number];
  const padding: Sides = [top, bottom, left, right];
  const isMap = input.ndim === 4 && images + moreImages === 0;
  const isSpatial = channelsBefore + channelsAfter === 0;
  if (isMap && isSpatial) {
    graph.add("pad", [input], { padding, mode: "constant", value }, op.output);
  } else if (isMap && value === 0 && padding.every((side) => side === 0)) {
    padChannels(input, op.output, channelsBefore, graph);
  } else graph.fail("pad", "only maps can be padded: in height and width, or by channels of zeros");
}

/** No format has a layer for it: a 1×1 convolution that copies channel by channel does the same. */
function padChannels(input: Tensor, output: Tensor, before: number, graph: GraphWriter): void {
  const [inChannels, outChannels] = [input.shape[1]!, output.shape[1]!];
  const values = new Float32Array(outChannels * inChannels);
  for (let c = 0; c < inChannels; c++) values[(c + before) * inChannels + c] = 1;
  const weight = graph.invent("pad", values, [outChannels, inChannels, 1, 1]);
  const attrs = {
    inChannels,
    outChannels,
    kernelSize: [1, 1],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
  } as const;
  graph.add("conv2d", [input], attrs, output, { weight: weight.array });
}

export function padEdges(op: AppliedOp, graph: GraphWriter): void {
  const { mode, dim, before, after } = op.attributes as EdgePadding;
  if (op.inputs[0]!.ndim !== 4 || dim < 2) {
    graph.fail("pad", "only maps can be padded, in height and width");
    return;
  }
  const padding: Sides = dim === 2 ? [before, after, 0, 0] : [0, 0, before, after];
  graph.add("pad", [op.inputs[0]!], { padding, mode, value: 0 }, op.output);
}
