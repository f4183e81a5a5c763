import type { NodeOf, Shape } from "../../graph/network_graph.ts";
import { halvedPadding, reachOf } from "../../graph/transposed.ts";
import type { PlannedValue, PlannedWeight } from "./plan.ts";
import type { Planned, Planner } from "./planner.ts";
import { convKernel, vector } from "./weights.ts";

// Layers that make maps larger, cut them, or put their elements in other places. Maps have their channels last here.

/** Keras pads by "same" or not at all: what else is to be narrower is cut off behind. */
export function convTranspose2d(
  node: NodeOf<"convTranspose2d">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { kernelSize, stride, padding, outputPadding, dilation, outChannels, groups } = node.attrs;
  if (groups > 1) return { why: "Keras has no transposed convolution in groups" };
  if (dilation.some((n) => n > 1)) return { why: "Keras dilates no transposed convolution" };
  const weight = planner.weight(node, "weight");
  const bias = planner.weight(node, "bias");
  if (!weight) throw planner.options.fail(`layer "${node.name}"`, "it has no weight");
  const reach = reachOf(kernelSize, dilation);
  const same = halvedPadding([reach[0] - stride[0], reach[1] - stride[1]]);
  const isSame =
    same.padding.join() === padding.join() && same.outputPadding.join() === outputPadding.join();
  const [top, bottom, left, right] = padding;
  const spare = [0, 1].map((axis) => Math.max(stride[axis] - reach[axis], 0) - outputPadding[axis]);
  const cuts = isSame ? [0, 0, 0, 0] : [top, bottom + spare[0], left, right + spare[1]];
  if (cuts.some((side) => side < 0)) return { why: "Keras has no such padding of a result" };
  const isCut = cuts.some((side) => side > 0);
  const config = {
    filters: outChannels,
    kernel_size: kernelSize,
    strides: stride,
    padding: isSame ? "same" : "valid",
    data_format: "channels_last",
    dilation_rate: dilation,
    activation: "linear",
    use_bias: bias !== undefined,
  };
  const weights = [convKernel(weight), ...(bias ? [vector("bias", bias)] : [])];
  const name = isCut ? `${node.name}_whole` : node.name;
  const layer = planner.add(name, "Conv2DTranspose", config, [input.layer], weights);
  return { layer: isCut ? cropped(node.name, layer, cuts, planner) : layer };
}

function cropped(name: string, layer: string, sides: readonly number[], planner: Planner): string {
  const [top, bottom, left, right] = sides;
  const cropping = [
    [top, bottom],
    [left, right],
  ];
  return planner.add(name, "Cropping2D", { cropping, data_format: "channels_last" }, [layer]);
}

/** By whole factors only. Then a nearest pixel is a repeated one, wherever places are counted from. */
export function resize(
  node: NodeOf<"resize">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { mode, coordinates, rounding, size, scale } = node.attrs;
  const [, height, width] = input.shape;
  const factors = scale ?? (size && height && width ? [size[0] / height, size[1] / width] : []);
  if (factors.length < 2 || !factors.every(Number.isInteger)) {
    return { why: "Keras resizes by whole factors only" };
  }
  const isHalf = coordinates === "halfPixel" || coordinates === "pytorchHalfPixel";
  const prefers = rounding === "preferFloor" || rounding === "preferCeil";
  const repeats = isHalf ? prefers : coordinates === "asymmetric" && rounding === "floor";
  if (mode === "nearest" ? !repeats : !isHalf) {
    return { why: `Keras has no resizing with the coordinates ${coordinates}` };
  }
  if (mode === "bilinear" && !planner.options.mixesHalfPixels) {
    return { why: "TensorFlow.js mixes other pixels than Keras where it resizes between them" };
  }
  const config = { size: factors, interpolation: mode, data_format: "channels_last" };
  return { layer: planner.add(node.name, "UpSampling2D", config, [input.layer]) };
}

/** A map given more dimensions, which are moved and joined. @param order counted from 1, as Keras does. */
function rearranged(
  node: NodeOf<"depthToSpace"> | NodeOf<"spaceToDepth"> | NodeOf<"channelShuffle">,
  [input]: readonly PlannedValue[],
  planner: Planner,
  sides: (channels: number, height: number, width: number) => readonly number[],
  order: readonly number[],
): Planned {
  const [channels, height, width] = input.shape;
  if (!channels || !height || !width) {
    return { why: "Keras needs the size of the map to move its elements" };
  }
  const { name } = node;
  const target_shape = sides(channels, height, width);
  const split = planner.add(`${name}_split`, "Reshape", { target_shape }, [input.layer]);
  const moved = planner.add(`${name}_moved`, "Permute", { dims: order }, [split]);
  const [c, h, w] = planner.shapeOf(node);
  return { layer: planner.add(name, "Reshape", { target_shape: [h, w, c] }, [moved]) };
}

export function depthToSpace(
  node: NodeOf<"depthToSpace">,
  inputs: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { block: b, order } = node.attrs;
  return order === "CRD"
    ? rearranged(node, inputs, planner, (c, h, w) => [h, w, c / b ** 2, b, b], [1, 4, 2, 5, 3])
    : rearranged(node, inputs, planner, (c, h, w) => [h, w, b, b, c / b ** 2], [1, 3, 2, 4, 5]);
}

export function spaceToDepth(
  node: NodeOf<"spaceToDepth">,
  inputs: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { block: b, order } = node.attrs;
  const moves = order === "CRD" ? [1, 3, 5, 2, 4] : [1, 3, 2, 4, 5];
  return rearranged(node, inputs, planner, (c, h, w) => [h / b, b, w / b, b, c], moves);
}

export function channelShuffle(
  node: NodeOf<"channelShuffle">,
  inputs: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { groups } = node.attrs;
  return rearranged(node, inputs, planner, (c, h, w) => [h, w, groups, c / groups], [1, 2, 4, 3]);
}

/** Rows and columns are cropped. No layer keeps some channels or features: one with weights of 1 and 0 does. */
export function narrow(
  node: NodeOf<"narrow">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { dim, start, end } = node.attrs;
  const side = input.shape[dim];
  const behind = end <= 0 ? -end : side === null ? undefined : side - end;
  if (behind === undefined) return { why: "Keras cuts as much as is left over, which isn't known" };
  if (dim === 0) return { layer: picked(node, input, start, planner.shapeOf(node), planner) };
  const sides = dim === 1 ? [start, behind, 0, 0] : [0, 0, start, behind];
  return { layer: cropped(node.name, input.layer, sides, planner) };
}

function picked(
  { name }: NodeOf<"narrow">,
  { layer, shape }: PlannedValue,
  start: number,
  [count]: Shape,
  planner: Planner,
): string {
  const [channels, outputs] = [shape[0] ?? 0, count ?? 0];
  const isMap = shape.length === 3;
  const kernel: PlannedWeight = {
    role: "kernel",
    shape: isMap ? [1, 1, channels, outputs] : [channels, outputs],
    fill: (target) => {
      for (let i = 0; i < outputs; i++) target[(start + i) * outputs + i] = 1;
    },
  };
  const common = { activation: "linear", use_bias: false, trainable: false };
  if (!isMap) return planner.add(name, "Dense", { units: outputs, ...common }, [layer], [kernel]);
  const config = {
    filters: outputs,
    kernel_size: [1, 1],
    strides: [1, 1],
    padding: "valid",
    data_format: "channels_last",
    ...common,
  };
  return planner.add(name, "Conv2D", config, [layer], [kernel]);
}
