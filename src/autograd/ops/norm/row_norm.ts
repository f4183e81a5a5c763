import {
  type NDArray,
  type RowNorm,
  rowNorm,
  rowNormGrad,
  rowNormSums,
} from "../../../kernels/index.ts";
import { requireF32, requireShape } from "../../checks.ts";
import { type Definition, defineOp, type Op, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface RowNormAttributes extends RowNorm {
  /** Which of the inputs after x are weight and bias, in this order. */
  readonly weight: number | null;
  readonly bias: number | null;
}

const define: Definition<RowNormAttributes> = (inputs, attributes) => {
  const x = inputs[0]!;
  const at = (index: number | null) => (index === null ? null : inputs[index]!);
  const [weight, bias] = [at(attributes.weight), at(attributes.bias)];
  const { out, stats } = rowNorm(x, attributes, weight, bias);
  /** Of bias and weight: one launch gives both. */
  const ofSum = (which: 0 | 1, { shape }: NDArray) =>
    saving([x, stats], (dy, { once }) =>
      once(() => rowNormSums(dy, x, stats, attributes))[which].share(shape),
    );
  return {
    out,
    grads: [
      saving(weight ? [x, stats, weight] : [x, stats], (dy) =>
        rowNormGrad(dy, x, stats, attributes, weight),
      ),
      ...(weight ? [ofSum(1, weight)] : []),
      ...(bias ? [ofSum(0, bias)] : []),
    ],
  };
};

export interface AffineOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
}

/* @__NO_SIDE_EFFECTS__ */
export function defineRowNorm(name: string) {
  const op: Op<RowNormAttributes> = defineOp(name, define);
  /** Applies it; weight and bias are checked to be f32 of the given shape. */
  return (
    input: Tensor,
    norm: RowNorm,
    { weight, bias }: AffineOptions,
    affine: readonly number[],
  ) => {
    const inputs = [input];
    const placed = (role: string, tensor: Tensor | null | undefined) => {
      if (tensor == null) return null;
      requireF32(name, role, tensor);
      requireShape(name, role, tensor, affine, `input of shape [${input.shape.join(", ")}]`);
      return inputs.push(tensor) - 1;
    };
    return op(inputs, { ...norm, weight: placed("weight", weight), bias: placed("bias", bias) });
  };
}
