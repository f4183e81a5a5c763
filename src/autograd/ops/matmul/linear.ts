import { checkOptions, shapeText } from "../../../base/index.ts";
import {
  type Activation,
  channelSum,
  matmul,
  type NDArray,
  reluGrad,
} from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat, requireWord } from "../../checks.ts";
import type { BackwardContext, GradRule } from "../../node.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Attributes {
  activation: Activation;
}

const define: Definition<Attributes> = ([x, weight, bias = null], { activation }) => {
  const [outFeatures, inFeatures] = weight.shape as [number, number];
  const rows = x.share([x.size / inFeatures, inFeatures]);
  const product = matmul(rows, weight, { transposeB: true, bias, activation });
  const out = product.share([...x.shape.slice(0, -1), outFeatures]);
  /** The gradient before the activation, as [rows, outFeatures]; computed once for all inputs. */
  const masked = (dy: NDArray, context: BackwardContext): NDArray => {
    const flat = dy.share(product.shape);
    if (activation === "none") return flat;
    return context.once(() => [reluGrad(flat, out.share(product.shape))] as const)[0];
  };
  const rule = (needs: NDArray[], grad: GradRule["grad"]) =>
    saving(activation === "relu" ? [...needs, out] : needs, (dy, context) =>
      grad(masked(dy, context), context),
    );
  return {
    out,
    grads: [
      rule([weight], (dy) => matmul(dy, weight).share(x.shape)),
      rule([x], (dy) => matmul(dy, x.share(rows.shape), { transposeA: true })),
      rule([], (dy) => channelSum(dy)),
    ],
  };
};

const op = defineOp<Attributes>("linear", define, {
  withRelu: ({ activation }) => (activation === "none" ? { activation: "relu" } : null),
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
  const activation = requireWord("linear", "activation", options.activation ?? "none", [
    "none",
    "relu",
  ]);
  requireFloat("linear", "input", input);
  requireFloat("linear", "weight", weight);
  if (weight.ndim !== 2) {
    throw new Error(
      `linear: weight has shape ${shapeText(weight.shape)}; [outFeatures, inFeatures] is expected`,
    );
  }
  const [outFeatures, inFeatures] = weight.shape;
  if (input.shape.at(-1) !== inFeatures) {
    throw new Error(
      `linear: input has shape ${shapeText(input.shape)}, but its last dimension must be the weight's ${inFeatures} ` +
        `inputs (weight ${shapeText(weight.shape)})`,
    );
  }
  const apply = (operands: readonly Tensor[]) => op(operands, { activation });
  if (!bias) return inPrecision([input, weight], apply);
  requireFloat("linear", "bias", bias);
  if (bias.ndim !== 1 || bias.shape[0] !== outFeatures) {
    throw new Error(
      `linear: bias has shape ${shapeText(bias.shape)}; [${outFeatures}] is expected`,
    );
  }
  return inPrecision([input, weight, bias], apply);
}
