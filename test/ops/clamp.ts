import { clamp, tensor } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { mapRef } from "./reference/array.ts";

type Bound = number | null;

const limit = (value: number, low: Bound, high: Bound) =>
  Math.min(Math.max(value, low ?? -Infinity), high ?? Infinity);

function bounded(shape: number[], low: Bound, high: Bound): Sample {
  return {
    label: `clamp [${shape}] to ${low}..${high}`,
    inputs: [{ shape, map: (value) => Math.round(value * 20) / 10 + 0.05 }],
    run: (x) => clamp(x, low, high),
    reference: (x) => mapRef(x, (v) => limit(v, low, high)),
  };
}

export const info: OpInfo = {
  ops: ["clamp"],
  samples: [
    bounded([11], -0.5, 0.7),
    bounded([3, 5], null, 0.3),
    bounded([3, 5], 0, null),
    bounded([67, 33], -1, 1),
    bounded([4], 1, -1),
    {
      label: "clamp with named bounds",
      inputs: [{ shape: [5], values: [-2, -0.3, 0.1, 0.4, 3] }],
      run: (x) => clamp(x, { max: 0.25 }),
      reference: (x) => mapRef(x, (v) => Math.min(v, 0.25)),
    },
    {
      label: "clamp of NaN",
      inputs: [{ shape: [2], values: [Number.NaN, 3], grad: false }],
      run: (x) => clamp(x, 0, 1),
      reference: (x) => mapRef(x, (v) => limit(v, 0, 1)),
    },
    {
      label: "clamp of i32",
      inputs: [{ shape: [4], values: [-(2 ** 30) - 1, -3, 4, 2 ** 30 + 1], dtype: "i32" }],
      run: (x) => clamp(x, -(2 ** 30), 2 ** 30),
      reference: (x) => mapRef(x, (v) => limit(v, -(2 ** 30), 2 ** 30)),
    },
    {
      label: "clamp of u32 from below",
      inputs: [{ shape: [3], values: [0, 3, 4], dtype: "u32" }],
      run: (x) => clamp(x, 2),
      reference: (x) => mapRef(x, (v) => Math.max(v, 2)),
    },
  ],
  errors: [
    {
      label: "no bounds",
      run: () => clamp(tensor([1])),
      error: /clamp: give at least one of min and max/,
    },
    {
      label: "a fractional bound for integers",
      run: () => clamp(tensor(new Int32Array(1)), 0.5),
      error: /clamp: the bound 0.5 doesn't fit a tensor of i32/,
    },
    {
      label: "an unknown bound",
      run: () => clamp(tensor([1]), mistyped({ low: 1 })),
      error: /clamp: unknown option "low"; the options are min, max/,
    },
    {
      label: "NaN as a bound",
      run: () => clamp(tensor([1]), Number.NaN),
      error: /clamp: the bound NaN/,
    },
  ],
};
