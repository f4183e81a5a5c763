import { checkOptions, shapeText } from "../../../base/index.ts";
import { type Activation, channelSum, matmul, type NDArray } from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat } from "../../checks.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { checkBias, requireActivation, throughActivation } from "../epilogue.ts";

interface Attributes {
  activation: Activation;
}

const define: Definition<Attributes> = ([x, weight, bias = null], { activation }) => {
  const [outFeatures, inFeatures] = weight.shape as [number, number];
  const rows = [x.size / inFeatures, inFeatures];
  const product = matmul(x.share(rows), weight, { transposeB: true, bias, activation });
  const out = product.share([...x.shape.slice(0, -1), outFeatures]);
  const flat = (dy: NDArray) => dy.share(product.shape);
  const rules = [
    saving([weight], (dy) => matmul(flat(dy), weight).share(x.shape)),
    saving([x], (dy) => matmul(flat(dy), x.share(rows), { transposeA: true })),
    saving([], (dy) => channelSum(flat(dy))),
  ];
  return { out, grads: throughActivation(activation, out, rules), rectifies: activation };
};

const op = defineOp<Attributes>("linear", define, {
  takesStep: ({ activation }, { kind }) =>
    kind === "relu" && activation === "none" ? { activation: "relu" } : null,
});

/**
 * input · weightᵀ + bias: input [..., in], weight [out, in], bias [out] or none; result [..., out].
 * `activation: "relu"` is applied in the same launch.
 *
 * @throws Error naming the shapes that don't fit.
 */
export function linear(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: { activation?: Activation } = {},
): Tensor {
  checkOptions("linear", options, ["activation"]);
  const activation = requireActivation("linear", options.activation);
  requireFloat("linear", "input", input);
  requireFloat("linear", "weight", weight);
  if (weight.ndim !== 2) {
    throw new Error(
      `linear: weight has shape ${shapeText(weight.shape)}; [outFeatures, inFeatures] is expected`,
    );
  }
  const [outFeatures, inFeatures] = weight.shape as [number, number];
  if (input.shape.at(-1) !== inFeatures) {
    throw new Error(
      `linear: input has shape ${shapeText(input.shape)}, but its last dimension must be the weight's ${inFeatures} ` +
        `inputs (weight ${shapeText(weight.shape)})`,
    );
  }
  if (bias) checkBias("linear", bias, outFeatures);
  return inPrecision(bias ? [input, weight, bias] : [input, weight], (operands) => {
    return op(operands, { activation });
  });
}
