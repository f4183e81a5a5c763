import { prelu, tensor, zeros } from "../../src/autograd/index.ts";
import type { OpInfo, Sample } from "./op_info.ts";

/** Away from the kink at 0. */
const aside = (v: number) => (Math.abs(v) < 0.01 ? v + 0.05 : 3 * v);

function sample(shape: number[], slopes: number[], dtype: "f32" | "f16" = "f32"): Sample {
  const inner = shape.slice(2).reduce((a, b) => a * b, 1);
  return {
    label: `prelu [${shape}] by [${slopes}] ${dtype}`,
    inputs: [{ shape, map: aside, dtype }, { shape: slopes }],
    run: prelu,
    reference: (x, slope) => ({
      shape: x.shape,
      data: x.data.map((v, i) => {
        const channel = slope.data.length === 1 ? 0 : Math.floor(i / inner) % slope.data.length;
        return v > 0 ? v : slope.data[channel]! * v;
      }),
    }),
    ...(dtype === "f16" && { tolerance: 2e-3, gradTolerance: 1e-2 }),
  };
}

export const info: OpInfo = {
  ops: ["prelu"],
  gpuKernels: true,
  samples: [
    sample([2, 3, 5, 7], [3]),
    sample([2, 3, 5, 7], [1]),
    sample([4, 5], [5]),
    sample([70, 100], [100]),
    sample([3, 1, 30, 31], [1]),
    sample([9], [1]),
    sample([], []),
    sample([2, 4, 300], [4]),
    sample([2, 3, 4, 4], [3], "f16"),
  ],
  errors: [
    {
      label: "slopes for another number of channels",
      run: () => prelu(zeros([2, 3, 4]), zeros([4])),
      error: /prelu: weight has shape \[4\]; it must hold one slope, or 3, one for each channel/,
    },
    {
      label: "integers",
      run: () => prelu(tensor(Int32Array.of(1)), zeros([1])),
      error: /prelu: input has dtype i32/,
    },
  ],
};
