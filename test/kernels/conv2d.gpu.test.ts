// Each convolution algorithm, all three passes, against the definition in float64.
import { afterEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { chooseConvAlgorithm, convCandidates } from "../../src/kernels/conv2d/algorithm.ts";
import {
  type Conv2dOptions,
  type ConvAlgorithm,
  type ConvShape,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
  convShape,
  inputShape,
  outputShape,
  setConvAlgorithm,
  setWinograd,
  weightShape,
} from "../../src/kernels/conv2d/index.ts";
import { download, type NDArray, upload } from "../../src/kernels/index.ts";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "../ops/seeded.ts";

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

async function check(input: number[], weight: number[], options: Conv2dOptions, tolerance: number) {
  const s = convShape(input, weight, options);
  const host = (shape: number[], seed: number) => Float32Array.from(uniform(size(shape), seed));
  const [x, w, dy] = [host(input, 1), host(weight, 2), host(outputShape(s), 3)];
  const expected = definition(s, x, w, dy);
  const [gx, gw, gdy] = [
    upload(x, input, "f32"),
    upload(w, weight, "f32"),
    upload(dy, outputShape(s), "f32"),
  ];
  const results: [string, NDArray, Float64Array, number[]][] = [
    ["forward", conv2dForward(gx, gw, s), expected.y, outputShape(s)],
    ["input gradient", conv2dInputGradient(gdy, gw, s), expected.dx, inputShape(s)],
    ["weight gradient", conv2dWeightGradient(gx, gdy, s), expected.dw, weightShape(s)],
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
  [[1, 3, 12, 13], [6, 1, 5, 6], { groups: 3, stride: 2, padding: [1, 2] }],
  [[2, 3, 9, 9], [3, 1, 3, 3], { groups: 3, dilation: 2, padding: 2 }],
];

const tiny: Case[] = [
  [[8, 8, 2, 2], [16, 8, 3, 3], { padding: 1 }],
  [[1, 4, 2, 2], [1, 4, 3, 3], { padding: 1 }],
  [[11, 68, 2, 2], [19, 68, 3, 3], { padding: 1 }], // beyond whole quads, tiles and images
];

afterEach(() => {
  setConvAlgorithm(null);
  setWinograd(true);
});

const suites: [ConvAlgorithm, Case[], number][] = [
  ["product", [...plain, ...general, ...tiny], 1e-5],
  ["depthwise", depthwise, 1e-5],
  ["winograd2", plain, 1e-5],
  ["winograd4", plain, 5e-5],
];

for (const [algorithm, cases, tolerance] of suites) {
  describe(algorithm, () => {
    it.each(cases)("input %j, weight %j, %j", async (input, weight, options) => {
      expect(convCandidates(convShape(input, weight, options))).toContain(algorithm);
      setConvAlgorithm(algorithm);
      await check(input, weight, options, tolerance);
    });
  });
}

describe("the choice of algorithm", () => {
  const wide = convShape([8, 64, 32, 32], [64, 64, 3, 3], { padding: 1 });

  it("is Winograd's for a wide 3 × 3 convolution, unless that is turned off", () => {
    const choose = () => chooseConvAlgorithm(currentDevice(), wide, { pass: "forward" });
    expect(choose()).toBe("winograd2");
    expect(chooseConvAlgorithm(currentDevice(), wide, { pass: "input" })).toBe("winograd4");
    setWinograd(false);
    expect(choose()).toBe("product");
  });

  it("offers Winograd's only to 3 × 3 filters of stride 1", () => {
    expect(convCandidates(wide)).toEqual(["product", "winograd2", "winograd4"]);
    const strided = convShape([8, 64, 32, 32], [64, 64, 3, 3], { padding: 1, stride: 2 });
    expect(convCandidates(strided)).toEqual(["product"]);
    const grouped = convShape([8, 64, 32, 32], [64, 1, 3, 3], { padding: 1, groups: 64 });
    expect(convCandidates(grouped)).toEqual(["depthwise"]);
  });
});
