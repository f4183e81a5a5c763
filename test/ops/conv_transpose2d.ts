import { type ConvTranspose2dOptions, convTranspose2d, zeros } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";

/** The options with both sides spelled out. */
interface Case {
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** Top, bottom, left, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly more?: readonly [number, number];
  readonly groups?: number;
}

/** Each pixel stamps the kernel onto the result, in float64. */
function reference(input: Ref, weight: Ref, bias: Ref | undefined, options: Case): Ref {
  const { stride = [1, 1], dilation = [1, 1], pads = [0, 0, 0, 0], more = [0, 0] } = options;
  const { groups = 1 } = options;
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const [, groupOut, kh, kw] = weight.shape as [number, number, number, number];
  const groupIn = channels / groups;
  const outs = groupOut * groups;
  const h = (height - 1) * stride[0] + dilation[0] * (kh - 1) + 1 + more[0] - pads[0] - pads[1];
  const w = (width - 1) * stride[1] + dilation[1] * (kw - 1) + 1 + more[1] - pads[2] - pads[3];
  const out = generate([batch, outs, h, w], (i) => bias?.data[Math.floor(i / (h * w)) % outs] ?? 0);
  input.data.forEach((value, at) => {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const c = Math.floor(at / (width * height)) % channels;
    const n = Math.floor(at / (width * height * channels));
    for (let k = 0; k < groupOut * kh * kw; k++) {
      const yy = y * stride[0] - pads[0] + (Math.floor(k / kw) % kh) * dilation[0];
      const xx = x * stride[1] - pads[2] + (k % kw) * dilation[1];
      if (yy < 0 || yy >= h || xx < 0 || xx >= w) continue;
      const o = Math.floor(c / groupIn) * groupOut + Math.floor(k / (kh * kw));
      out.data[((n * outs + o) * h + yy) * w + xx]! +=
        value * weight.data[c * groupOut * kh * kw + k]!;
    }
  });
  return out;
}

function sample(
  input: number[],
  weight: number[],
  options: ConvTranspose2dOptions = {},
  spelled: Case = {},
  withBias = true,
): Sample {
  const bias = withBias ? [{ shape: [weight[1]! * (options.groups ?? 1)] }] : [];
  return {
    label: `convTranspose2d [${input}] with [${weight}] ${JSON.stringify(options)}${withBias ? "" : ", no bias"}`,
    inputs: [{ shape: input }, { shape: weight }, ...bias],
    run: (x, w, b) => convTranspose2d(x, w, b, options),
    reference: (x, w, b) => reference(x!, w!, b, { groups: options.groups, ...spelled }),
  };
}

function half(from: Sample): Sample {
  const inputs = from.inputs.map(({ shape }) => ({ shape, dtype: "f16" as const }));
  return { ...from, label: `${from.label}, f16`, inputs, tolerance: 4e-3, gradTolerance: 4e-3 };
}

const doubling = sample([2, 4, 5, 6], [4, 3, 2, 2], { stride: 2 }, { stride: [2, 2] });

export const info: OpInfo = {
  ops: ["convTranspose2d"],
  samples: [
    sample([1, 1, 1, 1], [1, 1, 1, 1]),
    sample([2, 3, 5, 7], [3, 4, 3, 3]),
    sample([1, 5, 6, 6], [5, 2, 3, 3], { padding: 1 }, { pads: [1, 1, 1, 1] }),
    doubling,
    half(doubling),
    sample([1, 16, 9, 8], [16, 24, 2, 2], { stride: 2 }, { stride: [2, 2] }, false),
    sample(
      [2, 3, 4, 5],
      [3, 4, 4, 4],
      { stride: 2, padding: 1 },
      { stride: [2, 2], pads: [1, 1, 1, 1] },
    ),
    sample(
      [2, 3, 4, 5],
      [3, 4, 3, 3],
      { stride: 2, padding: 1, outputPadding: 1 },
      { stride: [2, 2], pads: [1, 1, 1, 1], more: [1, 1] },
    ),
    sample(
      [1, 2, 4, 3],
      [2, 3, 3, 2],
      { stride: [3, 1], padding: [1, 0], outputPadding: [2, 0] },
      { stride: [3, 1], pads: [1, 1, 0, 0], more: [2, 0] },
    ),
    // Pixels that nothing is stamped on have the bias alone.
    sample([1, 2, 3, 4], [2, 3, 2, 2], { stride: 4 }, { stride: [4, 4] }),
    sample(
      [1, 2, 5, 4],
      [2, 3, 3, 3],
      { padding: [0, 1, 2, 1], stride: 2 },
      { stride: [2, 2], pads: [0, 1, 2, 1] },
    ),
    sample(
      [1, 3, 5, 4],
      [3, 2, 3, 3],
      { dilation: 2, padding: 2 },
      { dilation: [2, 2], pads: [2, 2, 2, 2] },
    ),
    sample(
      [1, 2, 4, 5],
      [2, 2, 3, 2],
      { dilation: [2, 3], stride: 2, outputPadding: [0, 2] },
      { dilation: [2, 3], stride: [2, 2], more: [0, 2] },
    ),
    sample(
      [2, 4, 5, 5],
      [4, 3, 3, 3],
      { groups: 2, stride: 2, padding: 1 },
      { stride: [2, 2], pads: [1, 1, 1, 1] },
    ),
    // Each channel for itself.
    sample([1, 6, 5, 4], [6, 1, 4, 4], { groups: 6, stride: 2 }, { stride: [2, 2] }),
    sample([1, 3, 4, 4], [3, 2, 3, 3], { groups: 3 }, {}, false),
    sample([1, 40, 6, 6], [40, 36, 3, 3], { padding: 1 }, { pads: [1, 1, 1, 1] }),
  ],
  errors: [
    {
      label: "an unbatched input",
      run: () => convTranspose2d(zeros([3, 8, 8]), zeros([3, 4, 3, 3])),
      error:
        /convTranspose2d: the input must be \[batch, channels, height, width\], got \[3, 8, 8\]/,
    },
    {
      label: "a weight of another rank",
      run: () => convTranspose2d(zeros([1, 3, 8, 8]), zeros([3, 4])),
      error:
        /convTranspose2d: the weight must be \[channels, outChannels \/ groups, height, width\]/,
    },
    {
      label: "channels that differ",
      run: () => convTranspose2d(zeros([1, 3, 8, 8]), zeros([4, 3, 2, 2])),
      error: /convTranspose2d: the input has 3 channels, but the weight is made for 4/,
    },
    {
      label: "groups that don't divide",
      run: () => convTranspose2d(zeros([1, 4, 8, 8]), zeros([4, 1, 3, 3]), null, { groups: 3 }),
      error: /convTranspose2d: groups is 3, but must be a whole number that divides the 4 input/,
    },
    {
      label: "output padding as large as the stride",
      run: () =>
        convTranspose2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), null, {
          stride: 2,
          outputPadding: 2,
        }),
      error: /convTranspose2d: outputPadding is 2; give .* smaller than the stride 2×2 or the dil/,
    },
    {
      label: "padding that leaves nothing",
      run: () => convTranspose2d(zeros([1, 1, 1, 1]), zeros([1, 1, 3, 3]), null, { padding: 2 }),
      error: /convTranspose2d: an input of 1×1 with padding \[2, 2, 2, 2\].* gives -1×-1 pixels/,
    },
    {
      label: 'padding "same"',
      run: () =>
        convTranspose2d(
          zeros([1, 1, 4, 4]),
          zeros([1, 1, 3, 3]),
          null,
          mistyped({ padding: "same" }),
        ),
      error: /convTranspose2d: padding is "same"; give a whole number/,
    },
    {
      label: "an unknown option",
      run: () =>
        convTranspose2d(zeros([1, 1, 2, 2]), zeros([1, 1, 1, 1]), null, mistyped({ k: 2 })),
      error: /convTranspose2d: unknown option "k"/,
    },
    {
      label: "a bias of another length",
      run: () => convTranspose2d(zeros([1, 1, 2, 2]), zeros([1, 3, 1, 1]), zeros([2])),
      error: /convTranspose2d: bias has shape \[2\]; \[3\] is expected/,
    },
  ],
};
