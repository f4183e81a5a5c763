import { ones, zeros } from "../../src/autograd/index.ts";
import { type BatchNormOptions, batchNorm } from "../../src/autograd/ops/norm/batch_norm.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample, SampleInput } from "./op_info.ts";
import { type BatchNormCase, batchNormRef } from "./reference/batch_norm.ts";

type Role = "weight" | "bias" | "runningMean" | "runningVar";
const affine: Role[] = ["weight", "bias"];
const running: Role[] = ["runningMean", "runningVar"];

function sample(
  label: string,
  shape: number[],
  roles: Role[],
  options: Pick<BatchNormOptions, "training" | "eps" | "momentum">,
  x: Partial<SampleInput> = {},
): Sample {
  const inputs = roles.map((role): SampleInput => {
    const tracked = role === "weight" || role === "bias";
    const map = role === "runningVar" ? (v: number) => 1.2 + v : undefined;
    return { shape: [shape[1]!], map, grad: tracked };
  });
  return {
    label: `batchNorm ${label} [${shape}] ${roles.length > 0 ? `with ${roles.join(", ")}` : ""}`,
    inputs: [{ shape, map: (v) => 2 * v + 0.5, ...x }, ...inputs],
    run: (input, ...given) =>
      batchNorm(input, {
        ...options,
        ...Object.fromEntries(roles.map((role, i) => [role, given[i]])),
      }),
    reference: (input, ...given) => {
      const of = (role: Role) => given[roles.indexOf(role)];
      const useRunning = !options.training;
      const expected: BatchNormCase = {
        eps: options.eps,
        weight: of("weight"),
        bias: of("bias"),
        running: useRunning
          ? { mean: of("runningMean")!.data, variance: of("runningVar")!.data }
          : undefined,
      };
      return batchNormRef(input, expected);
    },
    tolerance: x.dtype === "f16" ? 2e-3 : undefined,
    gradTolerance: x.dtype === "f16" ? 1e-2 : undefined,
  };
}

const training = { training: true };
const frozen = { training: false };

export const info: OpInfo = {
  ops: ["batchNorm"],
  gpuKernels: true,
  samples: [
    sample("training", [4, 3, 5, 5], affine, training),
    sample("training", [4, 3, 5, 7], [], training),
    sample("training", [5, 7], affine, training),
    // Short rows: threads lie side by side along the channels, several shares a channel.
    sample("training", [70, 100], affine, training),
    sample("training", [33, 5, 3, 2], affine, training),
    sample("training", [2, 3, 9], ["weight"], training),
    sample("training", [2, 3, 2, 2], ["bias"], training),
    sample("training", [3, 1, 30, 31], affine, training),
    // Two values per channel: the gradient is a small difference of large numbers.
    { ...sample("training", [2, 70, 1, 1], affine, training), gradTolerance: 1e-3 },
    sample("training", [1, 2, 1, 2], affine, { training: true, eps: 1e-3 }),
    sample("training", [9, 2, 17, 19], affine, training),
    {
      ...sample("training, far from zero", [2, 2, 8, 8], [], training),
      inputs: [{ shape: [2, 2, 8, 8], map: (v) => 300 + v, grad: false }],
      tolerance: 1e-4,
    },
    sample("frozen", [4, 3, 5, 5], [...affine, ...running], frozen),
    sample("frozen", [4, 3, 5, 5], running, frozen),
    sample("frozen", [3, 5], [...affine, ...running], { training: false, eps: 0.1 }),
    sample("frozen", [1, 4, 1, 1], ["bias", ...running], frozen),
    sample("frozen", [2, 4, 6], ["weight", ...running], frozen),
    sample("training, many channels", [2, 66_000, 2, 1], [], training, { grad: false }),
    sample("training, long", [4, 2, 200, 200], [], training, { grad: false }),
    sample("training f16", [2, 3, 4, 4], affine, training, { dtype: "f16" }),
    sample("frozen f16", [2, 3, 4, 4], [...affine, ...running], frozen, { dtype: "f16" }),
  ],
  errors: [
    {
      label: "batchNorm of a vector",
      run: () => batchNorm(zeros([3]), { training: true }),
      error:
        /batchNorm: input has shape \[3\]; \[N, C\], \[N, C, L\] or \[N, C, H, W\] is expected/,
    },
    {
      label: "batchNorm with a weight of another length",
      run: () => batchNorm(zeros([2, 3]), { training: true, weight: ones([2]) }),
      error: /batchNorm: weight has shape \[2\]; input of shape \[2, 3\] needs \[3\]/,
    },
    {
      label: "batchNorm without running statistics",
      run: () => batchNorm(zeros([2, 3]), { runningMean: zeros([3]) }),
      error: /batchNorm: runningVar is missing, which is needed unless training/,
    },
    {
      label: "batchNorm training on one value per channel",
      run: () => batchNorm(zeros([1, 3, 1, 1]), { training: true }),
      error: /batchNorm: input of shape \[1, 3, 1, 1\] has one value per channel/,
    },
    {
      label: "batchNorm with a momentum over 1",
      run: () => batchNorm(zeros([2, 3]), { training: true, momentum: 2 }),
      error: /batchNorm: momentum is 2; it must be a number from 0 to 1/,
    },
    {
      label: "batchNorm with an unknown option",
      run: () => batchNorm(zeros([2, 3]), mistyped({ gamma: ones([3]) })),
      error: /batchNorm: unknown option "gamma"/,
    },
  ],
};
