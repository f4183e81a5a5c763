import { type Conv2dOptions, conv2d, tensor } from "../../src/autograd/index.ts";
import { convShape, outputShape } from "../../src/kernels/conv2d/shape.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";

/** The definition, in float64. */
export function convReference(
  input: Ref,
  weight: Ref,
  bias: Ref | undefined,
  options: Conv2dOptions,
): Ref {
  const { activation, ...window } = options;
  const s = convShape(input.shape, weight.shape, window);
  const shape = outputShape(s);
  const [kh, kw] = s.window.kernel;
  const groupIn = s.channels / s.groups;
  const groupOut = s.outChannels / s.groups;
  const data = new Float64Array(shape.reduce((all, n) => all * n, 1));
  let at = 0;
  for (let n = 0; n < s.batch; n++)
    for (let o = 0; o < s.outChannels; o++)
      for (let y = 0; y < s.outHeight; y++)
        for (let x = 0; x < s.outWidth; x++) {
          let sum = bias?.data[o] ?? 0;
          for (let c = 0; c < groupIn; c++) {
            const plane = (n * s.channels + Math.floor(o / groupOut) * groupIn + c) * s.height;
            for (let i = 0; i < kh; i++) {
              const yy = y * s.window.stride[0] - s.window.pads[0] + i * s.window.dilation[0];
              if (yy < 0 || yy >= s.height) continue;
              for (let j = 0; j < kw; j++) {
                const xx = x * s.window.stride[1] - s.window.pads[2] + j * s.window.dilation[1];
                if (xx < 0 || xx >= s.width) continue;
                sum +=
                  input.data[(plane + yy) * s.width + xx]! *
                  weight.data[((o * groupIn + c) * kh + i) * kw + j]!;
              }
            }
          }
          data[at++] = activation === "relu" ? Math.max(0, sum) : sum;
        }
  return { shape, data };
}

function sample(
  input: number[],
  weight: number[],
  options: Conv2dOptions = {},
  withBias = true,
): Sample {
  const bias = withBias ? [{ shape: [weight[0]!] }] : [];
  return {
    label: `conv2d [${input}] with [${weight}] ${JSON.stringify(options)}${withBias ? "" : ", no bias"}`,
    inputs: [{ shape: input }, { shape: weight }, ...bias],
    run: (x, w, b) => conv2d(x, w, b, options),
    reference: (x, w, b) => convReference(x!, w!, b, options),
  };
}

function half(input: number[], weight: number[], options: Conv2dOptions): Sample {
  const { label, inputs, ...rest } = sample(input, weight, options);
  return {
    ...rest,
    label: `${label}, f16`,
    inputs: inputs.map(({ shape }) => ({ shape, dtype: "f16" as const })),
    tolerance: 4e-3,
    gradTolerance: 4e-3,
  };
}

const zeros = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });

export const info: OpInfo = {
  ops: ["conv2d"],
  samples: [
    sample([1, 1, 1, 1], [1, 1, 1, 1]),
    sample([2, 3, 8, 8], [4, 3, 3, 3], { padding: 1 }),
    sample([2, 3, 7, 9], [5, 3, 3, 3]),
    sample([1, 8, 17, 13], [9, 8, 3, 3], { padding: 1 }),
    sample([2, 5, 4, 4], [18, 5, 3, 3], { padding: 1 }),
    sample([3, 4, 2, 2], [6, 4, 3, 3], { padding: 1 }),
    sample([9, 12, 2, 2], [7, 12, 3, 3], { padding: 1, activation: "relu" }),
    half([2, 8, 2, 2], [4, 8, 3, 3], { padding: 1 }),
    half([2, 3, 8, 8], [4, 3, 3, 3], { padding: 1, activation: "relu" }),
    sample([1, 2, 12, 12], [3, 2, 3, 3], { padding: "same", activation: "relu" }),
    sample([2, 3, 6, 5], [4, 3, 3, 3], { padding: [0, 1, 2, 1] }), // asymmetric
    sample([2, 16, 5, 5], [24, 16, 1, 1]), // 1×1
    sample([2, 6, 5, 7], [4, 6, 1, 1], { stride: 2 }),
    sample([1, 6, 5, 7], [4, 3, 1, 1], { groups: 2 }),
    sample([2, 3, 9, 10], [4, 3, 3, 3], { stride: 2, padding: 1 }),
    sample([1, 2, 11, 11], [3, 2, 5, 5], { stride: 3, padding: 2 }),
    sample([1, 2, 6, 9], [3, 2, 2, 3], { stride: [1, 3], padding: [1, 0] }, false),
    sample([1, 2, 9, 9], [3, 2, 2, 2], { stride: 4 }), // pixels that no window sees
    sample([1, 2, 10, 11], [3, 2, 3, 3], { dilation: 2, padding: 2 }),
    sample([1, 2, 12, 11], [3, 2, 3, 3], { dilation: [2, 3], stride: 2, padding: 3 }),
    sample([1, 2, 7, 7], [2, 2, 3, 3], { stride: 2, padding: "same" }),
    sample([2, 3, 8, 8], [2, 3, 3, 3], { stride: 2, padding: "same" }), // padding only at the end
    sample([1, 4, 6, 6], [6, 2, 3, 3], { groups: 2, padding: 1 }),
    sample([2, 6, 9, 8], [6, 1, 3, 3], { groups: 6, padding: 1 }), // depthwise
    sample([2, 5, 9, 8], [5, 1, 3, 3], { groups: 5, stride: 2, padding: [0, 1, 0, 1] }, false),
    sample([1, 3, 7, 7], [6, 1, 3, 2], { groups: 3, dilation: 2, padding: 1, activation: "relu" }), // multiplier 2
    sample([1, 3, 1, 40], [4, 3, 1, 7], { padding: [0, 3] }),
    sample([2, 40, 6, 6], [36, 40, 3, 3], { padding: 1 }, false),
  ],
  errors: [
    {
      label: "an unbatched input",
      run: () => conv2d(zeros(3, 8, 8), zeros(4, 3, 3, 3)),
      error:
        /conv2d: the input must be \[batch, channels, height, width\], got \[3, 8, 8\]; add a batch dimension/,
    },
    {
      label: "channels that differ",
      run: () => conv2d(zeros(1, 3, 8, 8), zeros(4, 2, 3, 3)),
      error: /conv2d: the input has 3 channels, but the weight is made for 2/,
    },
    {
      label: "groups that don't divide",
      run: () => conv2d(zeros(1, 4, 8, 8), zeros(4, 1, 3, 3), null, { groups: 3 }),
      error:
        /conv2d: groups is 3, but must be a whole number that divides both the 4 input and the 4 output channels/,
    },
    {
      label: "a window larger than the input",
      run: () => conv2d(zeros(1, 1, 2, 2), zeros(1, 1, 5, 5)),
      error: /conv2d: a window of 5×5 is larger than the input of 2×2/,
    },
    {
      label: "an unknown option",
      run: () =>
        conv2d(zeros(1, 1, 2, 2), zeros(1, 1, 1, 1), null, { strides: 2 } as Conv2dOptions),
      error: /conv2d: unknown option "strides"/,
    },
    {
      label: "a bias of another length",
      run: () => conv2d(zeros(1, 1, 2, 2), zeros(3, 1, 1, 1), zeros(2)),
      error: /conv2d: bias has shape \[2\]; \[3\] is expected/,
    },
    {
      label: "a bad stride",
      run: () => conv2d(zeros(1, 1, 2, 2), zeros(3, 1, 1, 1), null, { stride: 0 }),
      error: /stride is 0/,
    },
  ],
};
