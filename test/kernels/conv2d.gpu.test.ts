// Each way to convolve, all three passes, against the definition in float64.
import { describe, expect, it } from "vitest";
import { currentDevice, type DeviceProfile } from "../../src/gpu/index.ts";
import type { ConvPass, ConvVariant } from "../../src/kernels/conv2d/conv_variant.ts";
import {
  type Conv2dOptions,
  type ConvShape,
  convShape,
  inputShape,
  outputShape,
  weightShape,
} from "../../src/kernels/conv2d/shape.ts";
import { convolutions } from "../../src/kernels/conv2d/variants.ts";
import { download, type NDArray, upload } from "../../src/kernels/index.ts";
import { hasQuads } from "../../src/kernels/software/simd.ts";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "../ops/seeded.ts";
import { profiles } from "../profiles.ts";

const size = (shape: readonly number[]) => shape.reduce((all, n) => all * n, 1);

/** Calls `visit` with the flat indices of every (input, weight, output) that are multiplied. */
function eachProduct(s: ConvShape, visit: (x: number, w: number, y: number) => void): void {
  const [kh, kw] = s.window.kernel;
  const [groupIn, groupOut] = [s.channels / s.groups, s.outChannels / s.groups];
  let to = 0;
  for (let n = 0; n < s.batch; n++)
    for (let o = 0; o < s.outChannels; o++)
      for (let y = 0; y < s.outHeight; y++)
        for (let x = 0; x < s.outWidth; x++, to++)
          for (let c = 0; c < groupIn; c++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const yy = y * s.window.stride[0] - s.window.pads[0] + i * s.window.dilation[0];
                const xx = x * s.window.stride[1] - s.window.pads[2] + j * s.window.dilation[1];
                if (yy < 0 || yy >= s.height || xx < 0 || xx >= s.width) continue;
                const channel = Math.floor(o / groupOut) * groupIn + c;
                const from = ((n * s.channels + channel) * s.height + yy) * s.width + xx;
                visit(from, ((o * groupIn + c) * kh + i) * kw + j, to);
              }
}

function definition(s: ConvShape, x: Float32Array, w: Float32Array, dy: Float32Array) {
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  eachProduct(s, (i, j, k) => {
    y[k]! += x[i]! * w[j]!;
    dx[i]! += dy[k]! * w[j]!;
    dw[j]! += dy[k]! * x[i]!;
  });
  return { y, dx, dw };
}

async function check(variant: ConvVariant, s: ConvShape, tolerance: number) {
  const [input, weight] = [inputShape(s), weightShape(s)];
  const host = (shape: number[], seed: number) => Float32Array.from(uniform(size(shape), seed));
  const [x, w, dy] = [host(input, 1), host(weight, 2), host(outputShape(s), 3)];
  const expected = definition(s, x, w, dy);
  const [gx, gw, gdy] = [
    upload(x, input, "f32"),
    upload(w, weight, "f32"),
    upload(dy, outputShape(s), "f32"),
  ];
  const results: [string, NDArray, Float64Array, number[]][] = [
    ["forward", variant.forward(gx, gw, s, {}), expected.y, outputShape(s)],
    ["input gradient", variant.inputGradient(gdy, gw, s, () => ({})), expected.dx, inputShape(s)],
    ["weight gradient", variant.weightGradient(gx, gdy, s), expected.dw, weightShape(s)],
  ];
  for (const [what, array, reference, shape] of results) {
    expect(array.shape).toEqual(shape);
    expectClose(what, await download(array), reference, shape, tolerance);
  }
  for (const array of [gx, gw, gdy, ...results.map(([, array]) => array)]) array.release();
}

type Case = [number[], number[], Conv2dOptions];

const plain: Case[] = [
  [[2, 3, 8, 8], [5, 3, 3, 3], { padding: 1 }],
  [[3, 17, 4, 4], [20, 17, 3, 3], { padding: 1 }],
  [[2, 9, 2, 2], [33, 9, 3, 3], { padding: 1 }],
  [[1, 4, 13, 9], [6, 4, 3, 3], {}],
  [[2, 4, 6, 11], [3, 4, 3, 3], { padding: [2, 0, 0, 1] }],
  [[1, 2, 5, 5], [2, 2, 3, 3], { padding: 3 }], // windows that see only padding
  [[2, 40, 9, 7], [36, 40, 3, 3], { padding: "same" }],
];

const general: Case[] = [
  [[2, 6, 5, 7], [8, 6, 1, 1], {}],
  [[3, 6, 4, 4], [8, 3, 1, 1], { groups: 2 }],
  [[2, 3, 9, 8], [5, 3, 3, 3], { stride: 2, padding: [0, 1, 0, 1] }],
  [[1, 3, 11, 12], [4, 3, 5, 4], { stride: [3, 2], padding: 2 }],
  [[1, 4, 11, 9], [6, 2, 3, 3], { groups: 2, dilation: 2, padding: 2 }],
  [[1, 4, 11, 9], [6, 2, 3, 3], { groups: 2, dilation: [2, 3], stride: 2, padding: 3 }],
];

const depthwise: Case[] = [
  [[2, 5, 9, 10], [5, 1, 3, 3], { groups: 5, padding: 1 }],
  [[2, 3, 9, 9], [3, 1, 3, 3], { groups: 3, dilation: 2, padding: 2 }],
  [[2, 3, 13, 11], [3, 1, 3, 3], { groups: 3, stride: 2, padding: [0, 1, 0, 1] }],
  [[1, 2, 17, 15], [2, 1, 5, 4], { groups: 2, stride: [4, 2], dilation: [3, 1], padding: 3 }],
  [[3, 4, 40, 36], [4, 1, 3, 3], { groups: 4, padding: 1 }], // in several shares
];

/** What only general kernels take. */
const multiplied: Case[] = [
  [[1, 3, 12, 13], [6, 1, 5, 6], { groups: 3, stride: 2, padding: [1, 2] }],
  [[1, 3, 10, 10], [3, 1, 3, 3], { groups: 3, stride: 3, padding: 1 }],
];

const tiny: Case[] = [
  [[8, 8, 2, 2], [16, 8, 3, 3], { padding: 1 }],
  [[1, 4, 2, 2], [1, 4, 3, 3], { padding: 1 }],
  [[11, 68, 2, 2], [19, 68, 3, 3], { padding: 1 }], // beyond whole quads, tiles and images
];

/** Beyond a block of 64 or 128 rows and columns, of 64 steps, of pixels in a slice. */
const blocks: Case[] = [
  [[2, 3, 19, 21], [70, 3, 3, 3], { padding: 1 }],
  [[1, 4, 20, 20], [8, 4, 5, 5], { stride: 2, padding: 2 }],
  [[3, 32, 12, 11], [68, 32, 3, 3], { padding: 1 }],
  [[2, 64, 12, 12], [66, 64, 3, 3], { padding: 1, stride: 2 }],
  [[4, 132, 16, 17], [130, 132, 1, 1], {}],
  [[2, 128, 16, 16], [130, 128, 3, 3], { padding: 1 }],
  [[2, 36, 10, 10], [40, 18, 3, 3], { groups: 2, padding: 1 }],
  [[1, 3, 23, 23], [10, 3, 7, 7], { stride: 2, padding: 3 }],
  [[2, 5, 9, 9], [6, 5, 2, 2], { stride: 3 }], // input that no window sees
  [[2, 3, 4, 60], [5, 3, 2, 40], { padding: [1, 0, 3, 4], stride: [1, 2] }], // more taps than a thread has bits for
  [[2, 3, 21, 20], [9, 3, 5, 4], { stride: [5, 4] }], // patches: nothing is padded
];

/** Taps that are written out: channels in fours, in rounds of 4 and 16 and beyond, more or fewer rows and pixels than a block. */
const squares: Case[] = [
  [[2, 4, 8, 9], [12, 4, 3, 3], { padding: 1 }],
  [[1, 4, 13, 9], [8, 4, 3, 3], {}],
  [[2, 8, 6, 7], [4, 8, 3, 3], { dilation: 2 }],
  [[3, 16, 7, 5], [68, 16, 3, 3], { padding: [2, 0, 0, 1] }],
  [[2, 8, 11, 9], [24, 4, 3, 3], { groups: 2, dilation: [2, 3], padding: 3 }],
  [[33, 8, 2, 2], [16, 8, 3, 3], { padding: 1 }],
  [[1, 4, 5, 5], [4, 4, 3, 3], { padding: 3 }], // windows that see only padding
  [[2, 24, 6, 7], [144, 24, 1, 1], {}],
  [[2, 160, 9, 8], [36, 160, 1, 1], {}],
  [[1, 320, 5, 5], [68, 320, 1, 1], {}], // channels in two slices
  [[3, 8, 4, 4], [8, 4, 1, 1], { groups: 2, padding: 1 }],
  [[2, 4, 9, 8], [8, 4, 3, 3], { stride: [2, 3], padding: [0, 1, 0, 1] }],
  [[2, 36, 9, 10], [8, 36, 1, 1], { stride: 2 }],
];

const suites: Record<string, { cases: Case[]; tolerance: number; passes?: ConvPass[] }> = {
  depthwise: { cases: depthwise, tolerance: 1e-5 },
  implicit: {
    cases: [...plain, ...general, ...multiplied, ...tiny, ...squares, ...blocks],
    tolerance: 1e-5,
  },
  pixels: { cases: [...depthwise, ...multiplied], tolerance: 1e-5 },
  columns: { cases: [...plain, ...general, ...tiny], tolerance: 1e-5 },
  "without columns": { cases: [general[3]!, general[4]!], tolerance: 1e-5 },
  "2×2": { cases: tiny, tolerance: 1e-5, passes: ["forward", "weight"] },
  winograd2: { cases: plain, tolerance: 1e-5 },
  winograd4: { cases: plain, tolerance: 5e-5 },
};

const { lavapipe } = profiles;
/** Devices for which variants are chosen that this one hasn't need of. */
const pretended: Record<string, DeviceProfile> = {
  implicit: profiles.gpu,
  depthwise: profiles.gpu,
  "without columns": {
    ...lavapipe,
    limits: { ...lavapipe.limits, maxStorageBufferBindingSize: 1 },
  },
};

function skipWithoutQuads({ name }: ConvVariant, skip: (why: string) => void): void {
  if (name === "2×2" && !hasQuads(currentDevice().profile)) skip("this adapter has no quads");
}

/** The variants that cover one pass. */
function covering(
  shape: ConvShape,
  pass: ConvPass,
  isFrozen = false,
  profile = currentDevice().profile,
): string[] {
  const problem = { pass, shape, isFrozen, epilogue: { bias: false, activation: "none" } } as const;
  return convolutions.ranked(problem, profile).map(({ variant }) => variant.name);
}

it("every variant has cases", () => {
  expect(convolutions.variants.map(({ name }) => name)).toEqual(Object.keys(suites));
});

describe.each(convolutions.variants)("$name", (variant) => {
  const { cases, tolerance, passes = ["forward", "input", "weight"] } = suites[variant.name]!;
  it.for(cases)("input %j, weight %j, %j", async ([input, weight, options], { skip }) => {
    skipWithoutQuads(variant, skip);
    const shape = convShape(input, weight, options);
    const profile = pretended[variant.name];
    // The larger Winograd tile is for forward in frozen layers alone.
    for (const pass of passes) expect(covering(shape, pass, true, profile)).toContain(variant.name);
    await check(variant, shape, tolerance);
  });
});

describe("a bias and a ReLU", () => {
  it.for([
    ["implicit", "in the same launch", [2, 4, 6, 5], [8, 4, 3, 3]],
    ["implicit", "when slices of the channels are summed", [2, 36, 3, 3], [8, 36, 3, 3]],
    ["implicit", "with taps that aren't written out", [2, 5, 6, 5], [8, 5, 3, 3]],
    ["2×2", "in the same launch", [3, 8, 2, 2], [17, 8, 3, 3]],
  ] as const)("of the variant %s, %s", async ([name, _, input, weight], { skip }) => {
    const variant = convolutions.variants.find((one) => one.name === name)!;
    skipWithoutQuads(variant, skip);
    const s = convShape(input, weight, { padding: 1 });
    const host = (shape: readonly number[], seed: number) =>
      Float32Array.from(uniform(size(shape), seed));
    const [x, w, b] = [host(input, 1), host(weight, 2), host([s.outChannels], 3)];
    const { y } = definition(s, x, w, new Float32Array(size(outputShape(s))));
    const area = s.outHeight * s.outWidth;
    const expected = y.map((v, i) => Math.max(0, v + b[Math.floor(i / area) % s.outChannels]!));
    const [gx, gw, bias] = [
      upload(x, input, "f32"),
      upload(w, weight, "f32"),
      upload(b, [s.outChannels], "f32"),
    ];
    const out = variant.forward(gx, gw, s, { bias, activation: "relu" });
    expectClose("forward", await download(out), expected, outputShape(s), 1e-5);
    for (const array of [gx, gw, bias, out]) array.release();
  });
});

describe("an input gradient", () => {
  const cases = [
    ["implicit", [2, 5, 9, 8], [6, 5, 3, 3], { padding: 1, stride: 2 }],
    ["implicit", [2, 5, 9, 8], [8, 5, 3, 3], { padding: 1 }],
    ["depthwise", [2, 5, 9, 8], [5, 1, 3, 3], { padding: 1, groups: 5 }],
  ] as const;
  const kinds = ["relu", "relu6"] as const;
  it.each(cases.flatMap((given) => kinds.map((kind) => [...given, kind] as const)))(
    "of the variant %s, input %j, weight %j, %j is added onto another and zeroed by a %s in one launch",
    async (name, input, weight, options, kind) => {
      const s = convShape(input, weight, options);
      const output = outputShape(s);
      const host = (shape: readonly number[], seed: number, scale = 1) =>
        Float32Array.from(uniform(size(shape), seed), (v) => scale * v);
      const [w, dy, earlier] = [host(weight, 2), host(output, 3), host(input, 4)];
      const given = host(input, 5, 10).map((v) =>
        Math.max(0, kind === "relu6" ? Math.min(v, 6) : v),
      );
      const { dx } = definition(s, new Float32Array(size(input)), w, dy);
      const expected = dx.map((v, i) =>
        given[i]! <= 0 || (kind === "relu6" && given[i]! >= 6) ? 0 : v + earlier[i]!,
      );
      const variant = convolutions.variants.find((one) => one.name === name)!;
      const [gw, gdy, onto, out] = [
        upload(w, weight, "f32"),
        upload(dy, output, "f32"),
        upload(earlier, input, "f32"),
        upload(given, input, "f32"),
      ];
      const finish = () => ({ onto, rectifier: { kind, out } });
      const result = variant.inputGradient(gdy, gw, s, finish);
      expect(result).toBe(onto);
      expectClose("input gradient", await download(result), expected, input, 1e-5);
      for (const array of [gw, gdy, onto, out]) array.release();
    },
  );
});

describe("what is covered", () => {
  const wide = convShape([8, 64, 32, 32], [64, 64, 3, 3], { padding: 1 });

  it("by Winograd's method: 3 × 3 filters of stride 1 alone", () => {
    expect(covering(wide, "input").sort()).toEqual(["columns", "winograd2", "winograd4"]);
    const strided = convShape([8, 64, 32, 32], [64, 64, 3, 3], { padding: 1, stride: 2 });
    expect(covering(strided, "input")).toEqual(["columns"]);
    const grouped = convShape([8, 64, 32, 32], [64, 1, 3, 3], { padding: 1, groups: 64 });
    expect(covering(grouped, "input")).toEqual(["pixels"]);
  });

  it("on a GPU: by the implicit product, or depthwise", () => {
    expect(covering(wide, "input", false, profiles.gpu)).toEqual(["implicit"]);
    const grouped = convShape([8, 64, 32, 32], [64, 1, 3, 3], { padding: 1, groups: 64 });
    expect(covering(grouped, "input", false, profiles.gpu)).toEqual(["depthwise", "implicit"]);
    const doubled = convShape([8, 64, 32, 32], [128, 1, 3, 3], { padding: 1, groups: 64 });
    expect(covering(doubled, "input", false, profiles.gpu)).toEqual(["implicit"]);
  });

  it("by its larger tile: forward only where nothing is differentiated", () => {
    expect(covering(wide, "forward")).not.toContain("winograd4");
    expect(covering(wide, "forward", true)).toContain("winograd4");
  });
});
