import { tensor } from "../../src/autograd/index.ts";
import { where } from "../../src/autograd/ops/elementwise/where.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, SampleInput } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

const condition = (shape: number[], dtype: SampleInput["dtype"] = "u32"): SampleInput => ({
  shape,
  dtype,
  grad: false,
  map: (value) => (value > 0 ? 1 : 0),
});

const choose = (c: Ref, a: Ref, b: Ref) => broadcastRef([c, a, b], (x, y, z) => (x !== 0 ? y : z));

export const info: OpInfo = {
  ops: ["where"],
  samples: [
    {
      label: "one shape",
      inputs: [condition([3, 5]), { shape: [3, 5] }, { shape: [3, 5] }],
      run: where,
      reference: choose,
    },
    {
      label: "all broadcast",
      inputs: [condition([3, 1, 1], "f32"), { shape: [5, 1] }, { shape: [2, 1, 1, 4] }],
      run: where,
      reference: choose,
    },
    {
      label: "more than one workgroup",
      inputs: [condition([70, 3], "i32"), { shape: [70, 3] }, { shape: [3] }],
      run: where,
      reference: choose,
    },
    {
      label: "f32 and f16",
      inputs: [condition([7]), { shape: [7] }, { shape: [7], dtype: "f16" }],
      run: where,
      reference: choose,
    },
    {
      label: "a number on the right",
      inputs: [condition([7]), { shape: [7] }],
      run: (c, a) => where(c, a, -2.5),
      reference: (c, a) => broadcastRef([c, a], (x, y) => (x !== 0 ? y : -2.5)),
    },
    {
      label: "a number on the left",
      inputs: [condition([7]), { shape: [2, 7] }],
      run: (c, b) => where(c, -100, b),
      reference: (c, b) => broadcastRef([c, b], (x, z) => (x !== 0 ? -100 : z)),
    },
  ],
  errors: [
    {
      label: "two numbers",
      run: () => where(tensor([1]), 1, 2),
      error: /where: at least one value must be a tensor, not 1/,
    },
    {
      label: "shapes that don't broadcast",
      run: () => where(tensor([1, 2]), tensor([1, 2, 3]), 0),
      error: /where: shapes \[2\] and \[3\] can't be broadcast/,
    },
    {
      label: "a condition that is no tensor",
      run: () => where(mistyped(true), tensor([1]), 0),
      error: /where: condition must be a tensor, not true/,
    },
  ],
};
