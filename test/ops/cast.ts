import { cast, tensor } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample, SampleInput } from "./op_info.ts";
import { mapRef } from "./reference/array.ts";

type DType = NonNullable<SampleInput["dtype"]>;

function between(from: DType, to: DType, values: number[], f = (v: number) => v): Sample {
  return {
    label: `cast ${from} to ${to}`,
    inputs: [{ shape: [values.length], values, dtype: from, grad: false }],
    run: (x) => cast(x, to),
    reference: (x) => mapRef(x, f),
    tolerance: 1e-3,
  };
}

export const info: OpInfo = {
  ops: ["cast"],
  samples: [
    between("f32", "i32", [1.9, -1.9, 0, 16777216], Math.trunc),
    between("f32", "u32", [1.9, 255, 3e9], Math.trunc),
    between("i32", "f32", [-5, 0, 7]),
    between("u32", "f32", [0, 255, 65536]),
    between("i32", "u32", [0, 7]),
    between("u32", "i32", [0, 7]),
    between("f16", "f32", [0.5, -2, 65504]),
    between("f16", "i32", [1.5, -2.5, 3], Math.trunc),
    {
      label: "cast f16 to u32 and back",
      inputs: [{ shape: [3], values: [1, 2.75, 2048], dtype: "f16" }],
      run: (x) => cast(cast(x, "u32"), "f16"),
      reference: (x) => mapRef(x, Math.trunc),
    },
    {
      label: "cast f32 to f32 is the tensor itself",
      inputs: [{ shape: [3] }],
      run: (x) => cast(x, "f32"),
      reference: (x) => x,
    },
  ],
  errors: [
    {
      label: "an unknown dtype",
      run: () => cast(tensor([1]), mistyped("float")),
      error: /to: unknown dtype "float"; the dtypes are f32/,
    },
  ],
};
