import {
  type CrossEntropyOptions,
  crossEntropy,
  ones,
  tensor,
  zeros,
} from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample, SampleInput } from "./op_info.ts";
import { type ClassLossCase, classLossRef } from "./reference/class_loss.ts";

type Options = Omit<CrossEntropyOptions, "weight">;

/** Labels that visit every class, one in five replaced by `odd` if given. */
function labels(shape: number[], classes: number, odd?: number): SampleInput {
  const map = (_value: number, i: number) =>
    odd !== undefined && i % 5 === 2 ? odd : (i * 7 + 3) % classes;
  return { shape, dtype: "i32", map };
}

const weightOf = (classes: number) =>
  Array.from({ length: classes }, (_, c) => 0.25 + (c % 4) * 0.5);

function sample(
  label: string,
  shape: number[],
  target: SampleInput,
  options: Options = {},
  weighted = false,
): Sample {
  const classes = shape[shape.length === 1 ? 0 : 1]!;
  const weight = weighted ? weightOf(classes) : undefined;
  const reference: ClassLossCase = { ...options, weight };
  const weights: SampleInput[] = weight ? [{ shape: [classes], values: weight, grad: false }] : [];
  return {
    label: `crossEntropy ${label}`,
    inputs: [{ shape, map: (v) => 4 * v }, target, ...weights],
    run: (x, t, w) => crossEntropy(x, t, w ? { ...options, weight: w } : options),
    reference: (x, t) => classLossRef(x, t, reference),
  };
}

/** Positive values a little below one: probabilities needn't sum to one. */
const probabilities = (shape: number[]): SampleInput => ({ shape, map: (v) => 0.3 + 0.2 * v });

const reductions = ["mean", "sum", "none"] as const;

const labelSamples = reductions.flatMap((reduction) => [
  sample(reduction, [5, 7], labels([5], 7), { reduction }),
  sample(`${reduction} weighted, ignored`, [6, 3], labels([6], 3, -100), { reduction }, true),
  sample(
    `${reduction} smoothed, weighted, ignored`,
    [6, 4],
    labels([6], 4, 2),
    { reduction, ignoreIndex: 2, labelSmoothing: 0.1 },
    true,
  ),
  sample(`${reduction} over pixels`, [2, 3, 4, 5], labels([2, 4, 5], 3, -100), { reduction }, true),
]);

const probabilitySamples = reductions.flatMap((reduction) => [
  sample(`${reduction} probabilities`, [3, 5], probabilities([3, 5]), { reduction }),
  sample(
    `${reduction} probabilities, smoothed, weighted`,
    [2, 3, 4],
    probabilities([2, 3, 4]),
    { reduction, labelSmoothing: 0.2 },
    true,
  ),
]);

export const info: OpInfo = {
  ops: ["crossEntropy"],
  samples: [
    ...labelSamples,
    ...probabilitySamples,
    sample("one sample, one class", [1, 1], labels([1], 1)),
    sample("without a batch", [4], labels([], 4)),
    sample("smoothed", [3, 10], labels([3], 10), { labelSmoothing: 0.3 }),
    sample("100 classes", [3, 100], labels([3], 100), { labelSmoothing: 0.1 }),
    sample("1,001 classes", [3, 1001], labels([3], 1001), { labelSmoothing: 0.1 }, true),
    sample("1,001 classes, probabilities", [2, 1001], probabilities([2, 1001])),
    {
      ...sample("70,001 rows", [70_001, 3], labels([70_001], 3, -100)),
      inputs: [{ shape: [70_001, 3], grad: false }, labels([70_001], 3, -100)],
    },
    sample("257 rows", [257, 2], labels([257], 2, -100)),
    {
      ...sample("u32 labels", [3, 4], labels([3], 4)),
      inputs: [{ shape: [3, 4] }, { ...labels([3], 4), dtype: "u32" }],
    },
    {
      ...sample("f16 logits", [3, 4], labels([3], 4)),
      inputs: [{ shape: [3, 4], dtype: "f16" }, labels([3], 4)],
    },
    {
      ...sample("large logits", [2, 3], labels([2], 3)),
      inputs: [
        { shape: [2, 3], values: [1000, 990, -1000, -88, -90, -200], grad: false },
        labels([2], 3),
      ],
    },
    {
      ...sample("a label out of range", [3, 4], labels([3], 4), { reduction: "none" }),
      inputs: [
        { shape: [3, 4], grad: false },
        { shape: [3], dtype: "i32", values: [1, 4, -1] },
      ],
    },
    {
      ...sample("NaN logits", [2, 3], labels([2], 3)),
      inputs: [
        { shape: [2, 3], values: [1, Number.NaN, 2, 0, 0, 0], grad: false },
        { shape: [2], dtype: "i32", values: [0, 1] },
      ],
    },
    {
      ...sample("infinite logits", [2, 3], labels([2], 3)),
      inputs: [
        { shape: [2, 3], values: [1, Infinity, 2, 0, 0, 0], grad: false },
        { shape: [2], dtype: "i32", values: [0, 1] },
      ],
    },
    {
      ...sample("all ignored", [2, 3], labels([2], 3)),
      inputs: [
        { shape: [2, 3], grad: false },
        { shape: [2], dtype: "i32", values: [-100, -100] },
      ],
    },
  ],
  errors: [
    {
      label: "crossEntropy labels of the wrong shape",
      run: () => crossEntropy(zeros([4, 3]), tensor(Int32Array.of(1, 2, 0))),
      error:
        /crossEntropy: target has shape \[3\].*for input of shape \[4, 3\] give class labels \(i32 or u32\) of shape \[4\], or f32 probabilities of shape \[4, 3\]/,
    },
    {
      label: "crossEntropy labels as f32",
      run: () => crossEntropy(zeros([4, 3]), zeros([4])),
      error: /crossEntropy: target has shape \[4\] and dtype f32/,
    },
    {
      label: "crossEntropy of a scalar",
      run: () => crossEntropy(zeros([]), zeros([])),
      error: /crossEntropy: input has shape \[\]/,
    },
    {
      label: "crossEntropy weights of another number",
      run: () => crossEntropy(zeros([1, 3]), tensor(Int32Array.of(1)), { weight: ones([2]) }),
      error: /crossEntropy: weight has shape \[2\]; a weight for each of 3 classes needs \[3\]/,
    },
    {
      label: "crossEntropy smoothing over 1",
      run: () => crossEntropy(zeros([1, 3]), tensor(Int32Array.of(1)), { labelSmoothing: 1.5 }),
      error: /crossEntropy: labelSmoothing is 1.5; it must be a number from 0 to 1/,
    },
    {
      label: "crossEntropy with an unknown reduction",
      run: () =>
        crossEntropy(zeros([1, 3]), tensor(Int32Array.of(1)), mistyped({ reduction: "average" })),
      error: /crossEntropy: reduction is "average"; it must be one of "mean", "sum", "none"/,
    },
    {
      label: "crossEntropy ignoring a class of probabilities",
      run: () => crossEntropy(zeros([1, 3]), zeros([1, 3]), { ignoreIndex: 1 }),
      error: /crossEntropy: ignoreIndex is for class labels/,
    },
  ],
};
