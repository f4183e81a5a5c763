import { type Operand, valueOperand } from "../../graph/operands.ts";
import type { WeightData, WeightTensor } from "../../types.ts";
import {
  constantInput,
  type OnnxCall,
  type OnnxContext,
  type OnnxRule,
  unsupported,
  valueInput,
} from "./context.ts";
import { remember, withBias } from "./weights.ts";
import { number } from "./windows.ts";

/** Gemm: α · input · B + β · C, with weights as [in, out] or, transposed, as [out, in]. */
export const gemm: OnnxRule = (call, context) => {
  if (number(call, "transA", 0) !== 0) return unsupported(call, context, "its input is transposed");
  const weight = constantInput(call, 1);
  if (!weight) return unsupported(call, context, "its weights aren't in the file");
  const bias = constantInput(call, 2);
  const scaledBias = bias && scaled(bias, number(call, "beta", 1));
  return dense(call, context, scaled(weight, number(call, "alpha", 1)), {
    isOutIn: number(call, "transB", 0) === 1,
    bias: scaledBias,
  });
};

/** MatMul with weights [in, out], and the addition of a bias behind it. */
export const matMul: OnnxRule = (call, context) => {
  const weight = constantInput(call, 1);
  if (!weight) return unsupported(call, context, "it multiplies two values of the network");
  return dense(call, context, weight, { isOutIn: false });
};

function dense(
  call: OnnxCall,
  context: OnnxContext,
  tensor: WeightTensor,
  { isOutIn, bias: given }: { readonly isOutIn: boolean; readonly bias?: WeightTensor },
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, "its input isn't a value of the network");
  if (tensor.shape.length !== 2) return unsupported(call, context, "its weights are no matrix");
  if (input.value.shape && input.value.shape.length !== 1) {
    return unsupported(call, context, "it works on a map, not on a vector");
  }
  const outFeatures = tensor.shape[isOutIn ? 0 : 1];
  const { name, weights, key, output } = withBias(call, context, tensor, outFeatures, given);
  const { builder } = context;
  const earlier = context.used.get(key);
  const inFeatures = tensor.shape[isOutIn ? 1 : 0];
  const bias = typeof weights.bias === "string" ? undefined : weights.bias;
  const value = earlier
    ? builder.add("linear", name, [input.value], { inFeatures, outFeatures }, earlier)
    : builder.linear(name, input.value, { tensor, isOutIn }, bias);
  return remember(context, key, output, valueOperand(value, input.layout));
}

function scaled(tensor: WeightTensor, factor: number): WeightTensor {
  if (factor === 1) return tensor;
  const data = (): WeightData =>
    Float32Array.from<number | bigint>(tensor.data(), (v) => Number(v) * factor);
  return { ...tensor, dtype: "f32", data };
}
