import { tensor } from "../../src/autograd/index.ts";
import { pow } from "../../src/autograd/ops/elementwise/pow.ts";
import { binarySamples } from "./binary_samples.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

/** x to a fixed power, of both signs. */
function fixedPower(exponent: number): Sample {
  return {
    label: `pow(x, ${exponent})`,
    inputs: [{ shape: [9], map: (value) => value * 2 + 0.25 * Math.sign(value) }],
    run: (x) => pow(x, exponent),
    reference: (x) => broadcastRef([x], (v) => v ** exponent),
  };
}

export const info: OpInfo = {
  ops: ["pow"],
  samples: [
    ...binarySamples({
      name: "pow",
      run: pow,
      f: (a, b) => a ** b,
      mapA: (value) => 1.3 + value,
      mapB: (value) => 2 * value,
    }),
    ...[0, 1, 2, 3, 4, 7, -1, -2, -3].map(fixedPower),
    {
      label: "special values",
      inputs: [
        { shape: [10], values: [0, 0, 0, -2, -2, -8, 1, Number.NaN, 2, -1], grad: false },
        {
          shape: [10],
          values: [0, 2, -1, 3, 0, 1 / 3, Number.NaN, 0, Number.NaN, 1e6],
          grad: false,
        },
      ],
      run: pow,
      reference: (x: Ref, y: Ref) => broadcastRef([x, y], (a, b) => (a === 1 ? 1 : a ** b)),
    },
    {
      label: "infinities, as PyTorch",
      inputs: [
        {
          shape: [12],
          values: [-1, -1, -2, -0.5, -2, -0.5, ...new Array(5).fill(-Infinity), Infinity],
          grad: false,
        },
        {
          shape: [12],
          values: [
            Infinity,
            -Infinity,
            Infinity,
            Infinity,
            -Infinity,
            -Infinity,
            2,
            3,
            -3,
            0.5,
            -0.5,
            -1,
          ],
          grad: false,
        },
      ],
      run: pow,
      reference: () => ({
        shape: [12],
        data: Float64Array.of(
          1,
          1,
          Infinity,
          0,
          0,
          Infinity,
          Infinity,
          -Infinity,
          0,
          Infinity,
          0,
          0,
        ),
      }),
    },
    {
      label: "a zero base has gradient 0, not NaN",
      inputs: [
        { shape: [3], values: [0, 0, 0] },
        { shape: [3], values: [2, 1, 3], grad: false },
      ],
      run: pow,
      reference: (x: Ref, y: Ref) => broadcastRef([x, y], (a, b) => a ** b),
    },
    {
      label: "exponents of a zero base have gradient 0",
      inputs: [
        { shape: [2], values: [0, 0], grad: false },
        { shape: [2], values: [2, 1] },
      ],
      run: pow,
      reference: (x: Ref, y: Ref) => broadcastRef([x, y], (a, b) => a ** b),
    },
  ],
  errors: [
    {
      label: "integers",
      run: () => pow(tensor(new Int32Array(2)), 2),
      error: /pow: base has dtype i32; floating-point values are needed/,
    },
    {
      label: "shapes that don't broadcast",
      run: () => pow(tensor([1, 2, 3]), tensor([1, 2])),
      error: /pow: shapes \[3\] and \[2\]/,
    },
  ],
};
