import { type HW, messageOf, outputSize, resolveWindow, scaledSize } from "../../base/index.ts";
import { PLAIN_ACTIVATIONS, type PlainActivation } from "./activations.ts";
import { movingShapes } from "./moving_shapes.ts";
import type { GraphNode, NetworkGraph, OpAttrs, OpName, Shape } from "./network_graph.ts";
import { broadcast, shown, sizeOf, unequal } from "./sides.ts";

type Rule<K extends OpName> = (attrs: OpAttrs[K], inputs: readonly Shape[]) => Shape;

/** Where a side is unknown, any length that every window fits will do: the result is unknown as well. */
const ANY = 2 ** 20;

const same = (_attrs: unknown, [input]: readonly Shape[]): Shape => input;

const RULES: { readonly [K in OpName]: Rule<K> } = {
  ...(Object.fromEntries(PLAIN_ACTIVATIONS.map((op) => [op, same])) as Record<
    PlainActivation,
    typeof same
  >),
  input: same,
  conv2d(attrs, [input]) {
    const [channels, height, width] = mapOf(input);
    expectLength(channels, attrs.inChannels, "channels");
    return [attrs.outChannels, ...windowed([height, width], attrs)];
  },
  convTranspose2d(attrs, [input]) {
    const [channels, ...sides] = mapOf(input);
    expectLength(channels, attrs.inChannels, "channels");
    return [attrs.outChannels, ...sides.map((side, axis) => transposed(side, attrs, axis))];
  },
  linear(attrs, [input]) {
    expectLength(input.at(-1) ?? null, attrs.inFeatures, "features");
    return input.with(-1, attrs.outFeatures);
  },
  batchNorm(attrs, [input]) {
    expectLength(input[0], attrs.numFeatures, "channels");
    return input;
  },
  groupNorm({ numGroups, numChannels }, [input]) {
    expectLength(input[0], numChannels, "channels");
    if (numChannels % numGroups === 0) return input;
    throw new Error(`it has ${numGroups} groups, and its input ${numChannels} channels`);
  },
  layerNorm: ofFeatures,
  rmsNorm: ofFeatures,
  localResponseNorm: same,
  prelu({ numParameters }, [input]) {
    if (numParameters !== 1) expectLength(input[0], numParameters, "channels");
    return input;
  },
  maxPool2d: pooled,
  avgPool2d: pooled,
  globalAvgPool: globallyPooled,
  globalMaxPool: globallyPooled,
  leakyRelu: same,
  elu: same,
  gelu: same,
  softmax: same,
  logSoftmax: same,
  dropout: same,
  clamp: same,
  flatten: (_, [input]) => [sizeOf(input)],
  reshape({ shape }, [input]) {
    const size = sizeOf(input);
    if (size !== null && size !== sizeOf(shape)) {
      throw new Error(`${shown(input)} can't be reshaped to ${shown(shape)}`);
    }
    return shape;
  },
  resize({ size, scale }, [input]) {
    const [channels, ...sides] = mapOf(input);
    const scaled = (side: number | null, axis: number) =>
      side === null ? null : scaledSize(side, scale?.[axis] ?? 1);
    return [channels, ...(size ?? sides.map(scaled))];
  },
  depthToSpace({ block }, [input]) {
    const [channels, ...sides] = mapOf(input);
    return [divided(channels, block ** 2), ...sides.map((side) => times(side, block))];
  },
  spaceToDepth({ block }, [input]) {
    const [channels, ...sides] = mapOf(input);
    return [times(channels, block ** 2), ...sides.map((side) => divided(side, block))];
  },
  channelShuffle({ groups }, [input]) {
    divided(input[0], groups);
    return input;
  },
  narrow({ dim, start, end }, [input]) {
    const side = input[dim];
    if (side === undefined) throw new Error(`${shown(input)} has no side ${dim}`);
    if (end > 0) {
      if (side !== null && end > side) throw new Error(`${shown(input)} ends before ${end}`);
      return input.with(dim, end - start);
    }
    return input.with(dim, side === null ? null : side + end - start);
  },
  add: (_, inputs) => inputs.reduce(broadcast),
  mul: (_, inputs) => inputs.reduce(broadcast),
  div: (_, inputs) => inputs.reduce(broadcast),
  pow: same,
  concat: ({ dim = 0 }, inputs) => inputs.reduce((a, b) => joined(a, b, dim)),
  ...movingShapes,
  pad({ padding: [top, bottom, left, right] }, [input]) {
    const [channels, height, width] = mapOf(input);
    return [channels, plus(height, top + bottom), plus(width, left + right)];
  },
  rescale({ scale, offset }, [input]) {
    for (const factor of [scale, offset]) {
      if (factor.length !== 1) expectLength(input[0], factor.length, "channels");
    }
    return input;
  },
  given: ({ shape }) => shape,
};

/**
 * @returns the shape that an op gives, without the batch.
 * @throws Error when the inputs don't fit; the message doesn't name the layer.
 */
export function outputShape<K extends OpName>(
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly Shape[],
): Shape {
  const shape = RULES[op](attrs, inputs);
  const isShape = shape.every((n) => n === null || (Number.isSafeInteger(n) && n > 0));
  if (isShape) return shape;
  throw new Error(`it would give ${shown(shape)}, which is no shape`);
}

/**
 * @returns the shape of every node's value, by name.
 * @throws Error naming the layer when the network doesn't fit together.
 */
export function inferShapes(graph: NetworkGraph): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const node of graph.nodes) shapes.set(node.name, nodeShape(node));
  return shapes;

  function nodeShape(node: GraphNode): Shape {
    if (node.op === "input") return graph.inputShape;
    const inputs = node.inputs.map((name) => {
      const shape = shapes.get(name);
      if (shape) return shape;
      throw new Error(`Layer "${node.name}" takes "${name}", which no layer before it gives`);
    });
    try {
      return outputShape(node.op, node.attrs, inputs);
    } catch (error) {
      throw new Error(`Layer "${node.name}" (${node.op}): ${messageOf(error)}`);
    }
  }
}

function mapOf(input: Shape): readonly [number | null, number | null, number | null] {
  const [channels, height, width] = input;
  if (input.length === 3) return [channels, height, width];
  throw new Error(`it takes a map [channels, height, width], not ${shown(input)}`);
}

function expectLength(found: number | null, expected: number, what: string): void {
  if (found === null || found === expected) return;
  throw new Error(`its weights are for ${expected} ${what}, and its input has ${found}`);
}

function ofFeatures(
  { numFeatures, isLast = false }: OpAttrs["layerNorm"],
  [input]: readonly Shape[],
): Shape {
  expectLength(input.at(isLast ? -1 : 0) ?? null, numFeatures, "channels");
  return input;
}

function windowed(
  size: readonly (number | null)[],
  attrs: Pick<OpAttrs["maxPool2d"], "kernelSize" | "stride" | "padding"> & {
    readonly dilation?: HW;
  },
  ceilMode = false,
): (number | null)[] {
  const known: HW = [size[0] ?? ANY, size[1] ?? ANY];
  const output = outputSize("it", known, resolveWindow("it", known, attrs), ceilMode);
  return output.map((length, axis) => (size[axis] === null ? null : length));
}

function pooled(attrs: OpAttrs["maxPool2d"] | OpAttrs["avgPool2d"], [input]: readonly Shape[]) {
  const [channels, height, width] = mapOf(input);
  return [channels, ...windowed([height, width], attrs, attrs.ceilMode)];
}

function globallyPooled({ keepDims }: { keepDims: boolean }, [input]: readonly Shape[]): Shape {
  const [channels] = mapOf(input);
  return keepDims ? [channels, 1, 1] : [channels];
}

function transposed(side: number | null, attrs: OpAttrs["convTranspose2d"], axis: number) {
  if (side === null) return null;
  const { stride, dilation, kernelSize, outputPadding, padding } = attrs;
  const reach = dilation[axis] * (kernelSize[axis] - 1) + 1;
  const pads = padding[2 * axis] + padding[2 * axis + 1];
  return (side - 1) * stride[axis] + reach + outputPadding[axis] - pads;
}

function times(side: number | null, factor: number): number | null {
  return side === null ? null : side * factor;
}

/** @throws Error where it leaves a rest. */
function divided(side: number | null, divisor: number): number | null {
  if (side === null) return null;
  if (side % divisor === 0) return side / divisor;
  throw new Error(`${side} can't be divided by ${divisor}`);
}

function plus(side: number | null, more: number): number | null {
  return side === null ? null : side + more;
}

function joined(a: Shape, b: Shape, dim: number): Shape {
  if (a.length !== b.length || dim >= a.length) throw unequal(a, b);
  return a.map((side, axis) => {
    const other = b[axis];
    if (axis === dim) return side === null || other === null ? null : side + other;
    if (side !== null && other !== null && side !== other) throw unequal(a, b);
    return side ?? other;
  });
}

/** How many numbers the network gives; null where that isn't known, or its layers don't fit each other. */
export function outputsOf(graph: NetworkGraph): number | null {
  try {
    const sides = inferShapes(graph).get(graph.outputs[0]) ?? [null];
    return sides.reduce((product, side) => product && side && product * side, 1);
  } catch {
    return null; // said where the network is built
  }
}
