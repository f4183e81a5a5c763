import { shapeText } from "../../../base/index.ts";
import { printable } from "../../errors.ts";
import type { LayerWeights, NetworkBuilder, Value } from "../../graph/builder.ts";
import type { WeightTensor } from "../../types.ts";
import { type KerasRole, type KerasWeights, type LayerPlace, pickWeights } from "../weights.ts";
import type { KerasCall } from "./calls.ts";
import type { Fields } from "./fields.ts";

/** What the translation of a layer has at hand. */
export interface KerasContext {
  readonly builder: NetworkBuilder;
  readonly weights: KerasWeights;
  /** How the model lays out its maps. */
  readonly layout: "NHWC" | "NCHW";
  /** Keras 3 gave some names another meaning: "hard_sigmoid", for one. */
  readonly isKeras3: boolean;
  /** Two sides of a value are length and channels. */
  readonly hasSignals: boolean;
  /** The weights of layers translated before, by path: a layer may be used several times. */
  readonly used: Map<string, LayerWeights>;
  /** Names of tensors in the file that a layer took. */
  readonly taken: Set<string>;
  /** How many uses of layers were translated. */
  readonly count: { runs: number };
}

/** One use of a layer. */
export interface LayerUse {
  readonly fields: Fields;
  readonly name: string;
  readonly className: string;
  readonly place: LayerPlace;
  readonly inputs: readonly Value[];
  readonly call?: KerasCall;
  /** Its kernels have one side, and are rows of maps here. */
  readonly isSignal?: boolean;
}

/** Translates one use of a layer; what it can't translate it reports to the builder. */
export type LayerRule = (use: LayerUse, context: KerasContext) => Value;

/** How many sides a value has in the file, where it is known. */
export function sidesInFile({ shape }: Value, { hasSignals }: KerasContext): number | undefined {
  return hasSignals && shape?.length === 3 && shape[1] === 1 ? 2 : shape?.length;
}

/** Notes a layer that can't be translated. */
export function unsupported(
  { name, className }: LayerUse,
  { builder }: KerasContext,
  why: string,
): Value {
  return builder.unsupported(name, className, why);
}

/**
 * The layer's tensors in Keras's layout.
 *
 * @throws the builder's error when they are missing or others than the layer must have.
 */
export function layerTensors<R extends KerasRole>(
  use: LayerUse,
  context: KerasContext,
  roles: readonly R[],
): Record<R, WeightTensor> {
  const found = context.weights.of(use.place);
  const picked = pickWeights(found, roles);
  if (!picked) {
    const has = found.length === 0 ? "none" : found.map(({ role }) => role).join(", ");
    throw context.builder.broken(
      use.name,
      `its weights must be ${roles.join(", ")}, and the file has ${has}`,
    );
  }
  for (const role of roles) {
    const tensor: WeightTensor = picked[role];
    context.taken.add(tensor.name);
    const isKernel = use.isSignal && tensor.shape.length === 3;
    if (isKernel) picked[role] = { ...tensor, shape: [1, ...tensor.shape] };
  }
  return picked;
}

/**
 * The kernels of a layer, in Keras's order, and its bias, where the configuration gives it one.
 *
 * @throws the builder's error when they are missing or others than the layer must have.
 */
export function kernelTensors<R extends KerasRole>(
  use: LayerUse,
  context: KerasContext,
  ...kernels: readonly R[]
): Record<R, WeightTensor> & { readonly bias?: WeightTensor } {
  const hasBias = use.fields.flag(true, "use_bias", "bias");
  return layerTensors<R | "bias">(use, context, hasBias ? [...kernels, "bias"] : kernels);
}

/** @throws the builder's error when the tensor hasn't as many dimensions. */
export function expectRank(
  use: LayerUse,
  context: KerasContext,
  tensor: WeightTensor,
  rank: number,
) {
  if (tensor.shape.length === rank && tensor.shape.every((length) => length > 0)) return;
  const problem = `its tensor "${printable(tensor.name)}" has the shape ${shapeText(tensor.shape)}, not ${rank} dimensions`;
  throw context.builder.broken(use.name, problem);
}

/**
 * Adds the node of a layer with weights; for its second use, with those of the first.
 *
 * @param part tells the nodes of one layer apart where it has several with weights.
 */
export function withWeights(
  use: LayerUse,
  context: KerasContext,
  make: (earlier: LayerWeights | undefined) => Value,
  part = "",
): Value {
  const key = `${use.place.path}:${part}`;
  const value = make(context.used.get(key));
  if (!context.used.has(key)) context.used.set(key, context.builder.weightsOf(value));
  return value;
}
