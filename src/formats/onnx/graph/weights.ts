import { printable } from "../../errors.ts";
import type { LayerWeights } from "../../graph/builder.ts";
import { numbersOf, type Operand } from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import { constantInput, type OnnxCall, type OnnxContext } from "./context.ts";

interface Placed {
  readonly name: string;
  readonly weights: LayerWeights;
  readonly key: string;
  /** The name under which the layer's value is known when an addition was taken in; else undefined. */
  readonly output?: string;
}

/** Takes the tensors of a layer, with the bias that is an input of its own or added right behind. */
export function withBias(
  call: OnnxCall,
  context: OnnxContext,
  weight: WeightTensor,
  outputs = weight.shape[0],
  given = constantInput(call, 2),
): Placed {
  const following = given ? undefined : biasBehind(call, context, outputs);
  const bias = given ? asVector(given, outputs, call, context) : following?.bias;
  const key = `${call.node.op}:${weight.name}:${bias?.name ?? ""}`;
  context.taken.add(weight.name);
  if (bias) context.taken.add(bias.name);
  const weights = context.used.get(key) ?? { weight, bias };
  return { name: layerName(call, weight), weights, key, output: following?.output };
}

/** A bias may come as [out], [1, out] or one number for all. */
function asVector(
  bias: WeightTensor,
  outputs: number,
  { name }: OnnxCall,
  { builder }: OnnxContext,
): WeightTensor {
  const count = bias.shape.reduce((product, side) => product * side, 1);
  if (count === outputs) return { ...bias, shape: [outputs] };
  if (count !== 1)
    throw builder.broken(
      name,
      `its bias "${printable(bias.name)}" has ${count} elements, not ${outputs}`,
    );
  const [value] = numbersOf(bias) ?? [0];
  return {
    ...bias,
    shape: [outputs],
    dtype: "f32",
    data: () => new Float32Array(outputs).fill(value),
  };
}

/** The one addition that follows, when what it adds is a constant with one element per output. */
function biasBehind(call: OnnxCall, context: OnnxContext, outputs: number) {
  const { node } = call;
  const followers = context.consumers.get(node.outputs[0]) ?? [];
  const [add] = followers;
  if (context.outputs.has(node.outputs[0])) return undefined;
  if (followers.length !== 1 || add.op !== "Add" || add.inputs.length !== 2) return undefined;
  const other = add.inputs.find((name) => name !== node.outputs[0]);
  const operand = other === undefined ? undefined : context.operands.get(other);
  if (operand?.kind !== "constant") return undefined;
  const { shape } = operand.tensor;
  // Elements per output: along the axis that the outputs lie on, all other sides 1.
  const rank = constantInput(call, 1)?.shape.length ?? 0;
  const sides = node.op === "Conv" ? shape.slice(1 - rank, 2 - rank) : shape.slice(-1);
  const count = shape.reduce((product, side) => product * side, 1);
  if (sides[0] !== outputs || count !== outputs) return undefined;
  return { bias: { ...operand.tensor, shape: [outputs] }, output: add.outputs[0] };
}

export function remember(
  context: OnnxContext,
  key: string,
  output: string | undefined,
  operand: Operand,
): Operand {
  if (operand.kind === "value" && !context.used.has(key)) {
    context.used.set(key, context.builder.weightsOf(operand.value));
  }
  if (output !== undefined) context.operands.set(output, operand);
  return operand;
}

/** PyTorch's names of tensors tell the layers' names ("features.0.weight"), which its nodes' names don't. */
export function layerName({ name }: OnnxCall, weight: WeightTensor): string {
  return /^[^:]+\.weight$/.test(weight.name) ? weight.name.slice(0, -".weight".length) : name;
}
