import type { WeightTensor } from "../../types.ts";
import type { OpAttrs } from "../network_graph.ts";
import {
  channelAxis,
  channelsOf,
  fileShape,
  type Operand,
  type ValueOperand,
  valueOperand,
} from "../operands.ts";
import type { NodeContext } from "./context.ts";
import { layerName, remember } from "./layers.ts";

/** Normalisations without running statistics. */
export type Norm = "groupNorm" | "layerNorm" | "rmsNorm";

export interface Affine {
  /** A number for each channel or feature, in a tensor of any shape. */
  readonly weight?: WeightTensor;
  readonly bias?: WeightTensor;
}

/** Adds a normalisation; weights that another layer has already are shared. */
export function addNorm<K extends Norm>(
  context: NodeContext,
  op: K,
  name: string,
  input: ValueOperand,
  attrs: OpAttrs[K],
  { weight, bias }: Affine,
): Operand {
  const { builder, used, taken } = context;
  for (const tensor of [weight, bias]) if (tensor) taken.add(tensor.name);
  const key = `${op}:${weight?.name ?? ""}:${bias?.name ?? ""}`;
  const isBare = !weight && !bias;
  const own = { weight: weight && asVector(weight), bias: bias && asVector(bias) };
  const weights = isBare ? {} : (used.get(key) ?? own);
  const ours = weight ? layerName(name, weight) : name;
  const result = builder.add(op, ours, [input.value], attrs, weights);
  if (!isBare) remember(context, key, result);
  return { ...input, value: result };
}

function asVector(tensor: WeightTensor): WeightTensor {
  return { ...tensor, shape: [tensor.shape.reduce((product, side) => product * side, 1)] };
}

/** What is normalised over: channels or features, the last side where axes are any. */
export function rowsOf({ value, layout }: ValueOperand) {
  const numFeatures = channelsOf(value, layout) ?? 1;
  return layout === "ANY" ? { numFeatures, isLast: true } : { numFeatures };
}

/** Whether an axis of the file's, counted from the front, is that of the channels or features, and the last one. */
export function isLastAndChannels(axis: number, { value, layout }: ValueOperand): boolean {
  return axis === channelAxis(value, layout) && axis === fileShape(value, layout).length - 1;
}

/** LRN: the squares of channels on both sides of one, and itself. */
export function addLocalResponseNorm(
  { builder }: NodeContext,
  name: string,
  { value, layout }: ValueOperand,
  attrs: OpAttrs["localResponseNorm"],
): Operand {
  return valueOperand(builder.add("localResponseNorm", name, [value], attrs), layout);
}
