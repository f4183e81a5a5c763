import { type NllLossOptions, nllLoss, tensor, zeros } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { classLossRef } from "./reference/class_loss.ts";

function sample(
  label: string,
  shape: number[],
  values: number[],
  options: Omit<NllLossOptions, "weight"> = {},
  weight?: number[],
): Sample {
  const labelShape = shape.filter((_, d) => d !== (shape.length === 1 ? 0 : 1));
  return {
    label: `nllLoss ${label}`,
    inputs: [
      { shape },
      { shape: labelShape, dtype: "i32", values },
      ...(weight ? [{ shape: [weight.length], values: weight, grad: false }] : []),
    ],
    run: (x, t, w) => nllLoss(x, t, w ? { ...options, weight: w } : options),
    reference: (x, t) => classLossRef(x, t, { ...options, weight, logInput: true }),
  };
}

export const info: OpInfo = {
  ops: ["nllLoss"],
  samples: [
    sample("mean", [3, 4], [0, 3, 1]),
    sample("sum, ignored", [3, 4], [0, -100, 1], { reduction: "sum" }),
    sample("none", [3, 4], [0, 2, 1], { reduction: "none", ignoreIndex: 2 }),
    sample("weighted pixels", [1, 2, 3, 1], [0, 1, 1], {}, [0.5, 2]),
    sample("without a batch", [3], [2]),
    sample(
      "5,000 rows",
      [5000, 2],
      Array.from({ length: 5000 }, (_, i) => i % 2),
    ),
  ],
  errors: [
    {
      label: "nllLoss with probabilities",
      run: () => nllLoss(zeros([2, 3]), zeros([2, 3])),
      error: /nllLoss: target has shape \[2, 3\].*give class labels \(i32 or u32\) of shape \[2\]$/,
    },
    {
      label: "nllLoss with smoothing",
      run: () =>
        nllLoss(zeros([1, 3]), tensor(Int32Array.of(1)), mistyped({ labelSmoothing: 0.1 })),
      error: /nllLoss: unknown option "labelSmoothing"/,
    },
  ],
};
