import { localResponseNorm, tensor, zeros } from "../../src/autograd/index.ts";
import type { OpInfo, Sample, SampleInput } from "./op_info.ts";

function sample(
  shape: number[],
  size: number,
  options: { alpha?: number; beta?: number; k?: number } = {},
  x: Partial<SampleInput> = {},
): Sample {
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const [, channels] = shape as [number, number];
  const inner = shape.slice(2).reduce((a, b) => a * b, 1);
  return {
    label: `localResponseNorm [${shape}] size ${size} ${JSON.stringify(options)} ${x.dtype ?? ""}`,
    inputs: [{ shape, map: (v) => 3 * v, ...x }],
    run: (input) => localResponseNorm(input, size, options),
    reference: (input) => ({
      shape: input.shape,
      data: input.data.map((v, i) => {
        const channel = Math.floor(i / inner) % channels;
        let sum = 0;
        for (let c = channel - Math.floor(size / 2); c <= channel + Math.floor((size - 1) / 2); c++)
          if (c >= 0 && c < channels) sum += input.data[i + (c - channel) * inner]! ** 2;
        return v / (k + (alpha / size) * sum) ** beta;
      }),
    }),
    ...(x.dtype === "f16" && { tolerance: 2e-3, gradTolerance: 1e-2 }),
  };
}

export const info: OpInfo = {
  ops: ["localResponseNorm"],
  samples: [
    sample([2, 7, 3, 5], 5),
    sample([2, 7, 3, 5], 5, { alpha: 1, beta: 0.5, k: 2 }),
    sample([1, 9, 4], 4, { alpha: 2 }),
    sample([3, 6], 3, { alpha: 1 }),
    sample([2, 3, 9, 9], 11, { alpha: 1 }),
    sample([2, 1, 70], 5, { alpha: 1 }),
    sample([1, 5, 4, 4], 1, { alpha: 0.5 }),
    sample([2, 4, 4, 4], 5, { alpha: 1 }, { dtype: "f16" }),
  ],
  errors: [
    {
      label: "a size that is no count",
      run: () => localResponseNorm(zeros([1, 4, 2, 2]), 2.5),
      error: /localResponseNorm: size is 2\.5; it must be a whole number of at least 1/,
    },
    {
      label: "integers",
      run: () => localResponseNorm(tensor(Int32Array.of(1)), 3),
      error: /localResponseNorm: input has dtype i32/,
    },
    {
      label: "a vector",
      run: () => localResponseNorm(zeros([4]), 3),
      error: /localResponseNorm: input has shape \[4\]; \[N, C\] or \[N, C, …\] is expected/,
    },
  ],
};
