import type { NodeOf } from "../../graph/network_graph.ts";
import { int, ints, type OnnxGraphWriter, string } from "./graph.ts";
import { windowAttributes } from "./windows.ts";

// Layers that make maps larger, or put their elements in other places.

export function convTranspose2d(node: NodeOf<"convTranspose2d">, writer: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  const tensors = (["weight", "bias"] as const).flatMap((role) => writer.weight(node, role) ?? []);
  writer.add("ConvTranspose", name, [inputs[0], ...tensors], {
    ...windowAttributes(attrs, writer.inputShape(node)),
    dilations: ints(attrs.dilation),
    group: int(attrs.groups),
    output_padding: ints(attrs.outputPadding),
  });
}

const COORDINATES = {
  halfPixel: "half_pixel",
  pytorchHalfPixel: "pytorch_half_pixel",
  alignCorners: "align_corners",
  asymmetric: "asymmetric",
};
const ROUNDINGS = {
  floor: "floor",
  ceil: "ceil",
  preferFloor: "round_prefer_floor",
  preferCeil: "round_prefer_ceil",
};

export function resize({ name, inputs, attrs }: NodeOf<"resize">, writer: OnnxGraphWriter): void {
  const { size, scale, mode, coordinates, rounding } = attrs;
  const attributes = {
    mode: string(mode === "bilinear" ? "linear" : mode),
    coordinate_transformation_mode: string(COORDINATES[coordinates]),
    nearest_mode: string(ROUNDINGS[rounding]),
  };
  const [x] = inputs;
  if (!size) {
    const scales = writer.floats(`${name}/scales`, [1, 1, ...(scale ?? [1, 1])], [4]);
    writer.add("Resize", name, [x, "", scales], attributes);
    return;
  }
  // All four sides are to be named, and the batch is open: it is taken from the input.
  const shape = writer.add("Shape", `${name}/shape`, [x]);
  const ends = [writer.integers(`${name}/from`, [0]), writer.integers(`${name}/to`, [2])];
  const first = writer.add("Slice", `${name}/images`, [shape, ...ends]);
  const sides = writer.integers(`${name}/sides`, size);
  const sizes = writer.add("Concat", `${name}/sizes`, [first, sides], { axis: int(0) });
  writer.add("Resize", name, [x, "", "", sizes], attributes);
}

export function depthToSpace(
  { name, inputs, attrs: { block, order } }: NodeOf<"depthToSpace">,
  writer: OnnxGraphWriter,
): void {
  const attributes = { blocksize: int(block), mode: string(order) };
  writer.add("DepthToSpace", name, inputs, attributes);
}

/** ONNX has one order; from there to the other, the squares' numbers and the channels change places. */
export function spaceToDepth(node: NodeOf<"spaceToDepth">, writer: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  const attributes = { blocksize: int(attrs.block) };
  if (attrs.order === "DCR") writer.add("SpaceToDepth", name, inputs, attributes);
  else {
    const squares = writer.add("SpaceToDepth", `${name}/squares`, inputs, attributes);
    shuffle(node, squares, attrs.block ** 2, writer);
  }
}

export function channelShuffle(node: NodeOf<"channelShuffle">, writer: OnnxGraphWriter): void {
  shuffle(node, node.inputs[0], node.attrs.groups, writer);
}

/** @param input of as many channels as the node gives. */
function shuffle(
  node: NodeOf<"channelShuffle"> | NodeOf<"spaceToDepth">,
  input: string,
  groups: number,
  writer: OnnxGraphWriter,
): void {
  const { name } = node;
  const [channels, ...sides] = writer.shape(node);
  const each = (channels ?? 0) / groups;
  const split = writer.integers(`${name}/split`, [0, groups, each, -1]);
  const grouped = writer.add("Reshape", `${name}/grouped`, [input, split]);
  const perm = ints([0, 2, 1, 3]);
  const moved = writer.add("Transpose", `${name}/moved`, [grouped], { perm });
  const isKnown = sides.every((side) => side !== null);
  const shape = isKnown
    ? writer.integers(`${name}/joined`, [-1, channels ?? 0, ...sides.map(Number)])
    : writer.add("Shape", `${name}/joined`, [input]);
  writer.add("Reshape", name, [moved, shape]);
}

/** As far as no side goes. */
const TO_THE_END = 2 ** 31 - 1;

export function narrow({ name, inputs, attrs }: NodeOf<"narrow">, writer: OnnxGraphWriter): void {
  const { dim, start, end } = attrs;
  writer.add("Slice", name, [
    inputs[0],
    writer.integers(`${name}/starts`, [start]),
    writer.integers(`${name}/ends`, [end === 0 ? TO_THE_END : end]),
    writer.integers(`${name}/axes`, [dim + 1]),
  ]);
}
