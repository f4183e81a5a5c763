import { dropout, manualSeed, tensor, zeros } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { generate, mapRef } from "./reference/array.ts";
import { philox } from "./reference/philox.ts";

const SEED = 2 ** 40 + 5;

/** The mask comes from a host implementation of the same generator: exact, gradients included. */
function sample(shape: number[], p: number, dtype: "f32" | "f16" = "f32"): Sample {
  return {
    label: `dropout ${p} [${shape}] ${dtype}`,
    inputs: [{ shape, dtype }],
    run: (x) => {
      manualSeed(SEED);
      return dropout(x, p);
    },
    reference: (x) =>
      generate(x.shape, (i) => {
        const word = philox([i >> 2, 0, 0, 0], [SEED % 2 ** 32, 2 ** 8])[i & 3]!;
        return word >= Math.round(p * 2 ** 32) ? x.data[i]! / (1 - p) : 0;
      }),
    tolerance: dtype === "f16" ? 2e-3 : undefined,
  };
}

export const info: OpInfo = {
  ops: ["dropout"],
  samples: [
    sample([], 0.5),
    sample([7], 0.3),
    sample([3, 5, 4], 0.9),
    sample([33, 65], 0.5),
    sample([9], 0.25, "f16"),
    {
      label: "dropout of everything",
      inputs: [{ shape: [5] }],
      run: (x) => dropout(x, 1),
      reference: (x) => mapRef(x, () => 0),
    },
  ],
  errors: [
    {
      label: "dropout with p over 1",
      run: () => dropout(zeros([2]), 1.5),
      error: /dropout: p is 1.5; it must be a number from 0 to 1/,
    },
    {
      label: "dropout with p that is no number",
      run: () => dropout(zeros([2]), mistyped({ p: 0.5 })),
      error: /dropout: p is \[object Object\]/,
    },
    {
      label: "dropout of integers",
      run: () => dropout(tensor(Int32Array.of(1))),
      error: /dropout: input has dtype i32/,
    },
  ],
};
