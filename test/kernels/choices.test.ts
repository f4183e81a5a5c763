/**
 * Which kernels are chosen for which problems on three kinds of device, by rule. A change of a cost shows here: say in
 * the commit what it makes faster.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { outputSize, resolveWindow, type WindowOptions } from "../../src/base/index.ts";
import { type Conv2dOptions, convShape } from "../../src/kernels/conv2d/shape.ts";
import { convolutions } from "../../src/kernels/conv2d/variants.ts";
import { loadProcessorVariants } from "../../src/kernels/init.ts";
import { gatherGradients, viewCopies } from "../../src/kernels/layout/variants.ts";
import { prefersAlongK } from "../../src/kernels/matmul/estimate.ts";
import { slicesOf } from "../../src/kernels/matmul/slices.ts";
import { products } from "../../src/kernels/matmul/variants.ts";
import { maxPoolGradients } from "../../src/kernels/pool/variants.ts";
import { reductions } from "../../src/kernels/reduce/variants.ts";
import { labelOf } from "../../src/kernels/variants/variant.ts";
import { profiles } from "../profiles.ts";

beforeAll(loadProcessorVariants);

const devices = ["swiftshader", "lavapipe", "plain", "gpu"] as const;
const epilogue = { bias: false, activation: "none" } as const;

describe("products: m, n, k, batches; fours plain, swapped, along K", () => {
  type Row = [size: number[], fours: string, chosen: string[]];
  const rows: Row[] = [
    [
      [8, 4096, 25088, 1],
      "111",
      [
        "quad LANES=32",
        "vec4 TM=8 TN=8 LANES=64 S=8, 2 slices",
        "portable TM=8 TN=8 LANES=64, 2 slices",
        "blocked SIDE=8 HALF, 4 slices",
      ],
    ],
    [
      [4096, 4096, 64, 1],
      "111",
      [
        "quad LANES=32",
        "vec4 TM=16 TN=8 LANES=64 S=8",
        "portable TM=8 TN=8 LANES=64",
        "blocked SIDE=16",
      ],
    ],
    [
      [32, 10, 512, 1],
      "010",
      [
        "vec4 TM=4 TN=4 LANES=8 S=4 swapped, 4 slices",
        "vec4 TM=4 TN=4 LANES=8 S=8 swapped, 4 slices",
        "portable TM=4 TN=4 LANES=8, 2 slices",
        "blocked SIDE=8 HALF, 4 slices",
      ],
    ],
    [
      [10, 512, 64, 1],
      "101",
      [
        "quad LANES=8",
        "vec4 TM=16 TN=8 LANES=8 S=8",
        "portable TM=8 TN=8 LANES=16",
        "blocked SIDE=8 HALF",
      ],
    ],
    [
      [64, 1024, 147, 1],
      "100",
      [
        "vec4 TM=16 TN=8 LANES=64 S=4",
        "vec4 TM=16 TN=8 LANES=64 S=8",
        "portable TM=8 TN=8 LANES=64",
        "blocked SIDE=8",
      ],
    ],
    [
      [512, 64, 512, 16],
      "111",
      [
        "quad LANES=32 swapped",
        "vec4 TM=16 TN=8 LANES=64 S=8 swapped",
        "portable TM=8 TN=8 LANES=64 swapped",
        "blocked SIDE=8, 2 slices",
      ],
    ],
    [
      [512, 64, 512, 36],
      "101",
      [
        "quad LANES=8",
        "vec4 TM=16 TN=8 LANES=8 S=8",
        "portable TM=8 TN=8 LANES=64 swapped",
        "blocked SIDE=8",
      ],
    ],
    [
      [1, 1000, 1152, 1],
      "101",
      [
        "quad LANES=32, 2 slices",
        "vec4 TM=4 TN=8 LANES=16 S=8, 2 slices",
        "portable TM=4 TN=8 LANES=16, 2 slices",
        "blocked SIDE=8 HALF, 9 slices",
      ],
    ],
    [
      [100, 27, 1152, 1],
      "000",
      [
        "subgroup TM=16 TN=8 LANES=4 S=4, 2 slices",
        "subgroup TM=16 TN=4 LANES=8 S=8, 2 slices",
        "portable TM=8 TN=8 LANES=4",
        "blocked SIDE=8, 9 slices",
      ],
    ],
  ];

  it.each(rows)("%j %s", (size, fours, chosen) => {
    const [m, n, k, batches] = size as [number, number, number, number];
    const [plain, swapped, steps] = [...fours].map((digit) => digit === "1") as [
      boolean,
      boolean,
      boolean,
    ];
    const problem = { m, n, k, batches, fours: { plain, swapped, steps }, epilogue, layout: "" };
    const found = devices.map((name) => {
      const choice = products.cheapest(problem, profiles[name]);
      const { splits } = slicesOf(problem, choice, profiles[name]);
      return labelOf(choice) + (splits > 1 ? `, ${splits} slices` : "");
    });
    expect(found).toEqual(chosen);
  });

  it("operands run on along K for quads alone", () => {
    const found = devices.map((name) => prefersAlongK(profiles[name]));
    expect(found).toEqual([true, false, false, false]);
  });
});

describe("convolutions: forward, forward in a frozen layer, input and weight gradient", () => {
  const same = { padding: 1 };
  /**
   * On SwiftShader, lavapipe and a GPU: c for a product over columns, 2 and 4 for Winograd's tiles, p for depthwise
   * pixel by pixel, d for depthwise in quads, i for a product that gathers nothing, w for the same on processors.
   */
  const rows: [input: number[], weight: number[], options: Conv2dOptions, chosen: string][] = [
    [[8, 3, 32, 32], [64, 3, 3, 3], same, "ccc4 ccc4 iiii"],
    [[8, 64, 32, 32], [64, 64, 3, 3], same, "2444 2444 iiii"],
    [[8, 128, 16, 16], [128, 128, 3, 3], same, "2444 2444 iiii"],
    [[8, 512, 4, 4], [512, 512, 3, 3], same, "2222 2442 iiii"],
    [[32, 512, 4, 4], [512, 512, 3, 3], same, "2444 2444 iiii"],
    [[8, 256, 14, 14], [256, 256, 3, 3], same, "2444 2444 iiii"],
    [[1, 512, 14, 14], [512, 512, 3, 3], same, "2442 2442 iiii"],
    [[8, 64, 56, 56], [64, 64, 3, 3], same, "2444 2444 iiii"],
    [[1, 64, 224, 224], [64, 64, 3, 3], same, "2444 2444 iiii"],
    [[8, 24, 56, 56], [96, 24, 3, 3], same, "2444 2444 iiii"],
    [[8, 33, 8, 8], [65, 33, 3, 3], same, "2444 2444 iiii"],
    [[1, 128, 4, 4], [128, 128, 3, 3], same, "cccc 222c iiii"],
    [[32, 64, 8, 8], [128, 64, 3, 3], same, "2444 2444 iiii"],
    [[1, 64, 320, 320], [64, 64, 3, 3], same, "w444 w444 iiii"],
    [[1, 16, 320, 320], [16, 16, 7, 7], { padding: 3 }, "wwww wwww iiii"],
    [[1, 64, 640, 640], [32, 64, 3, 3], { padding: 1, stride: 2 }, "wwww wwww iiii"],
    [[1, 512, 640, 640], [32, 512, 1, 1], {}, "cccc cccc iiii"],
    [[8, 24, 56, 56], [96, 24, 1, 1], {}, "cccc cccc iiii"],
    [[8, 24, 56, 56], [24, 1, 3, 3], { padding: 1, groups: 24 }, "pppp pppp dddd"],
    [[8, 64, 56, 56], [128, 64, 3, 3], { padding: 1, stride: 2 }, "cccc cccc iiii"],
  ];
  const letters: Record<string, string> = { winograd2: "2", winograd4: "4" };

  it.each(rows)("%j * %j %j", (input, weight, options, chosen) => {
    const shape = convShape(input, weight, options);
    const passes = [
      { pass: "forward", isFrozen: false },
      { pass: "forward", isFrozen: true },
      { pass: "input", isFrozen: false },
      { pass: "weight", isFrozen: false },
    ] as const;
    const found = (["swiftshader", "lavapipe", "gpu"] as const).map((name) =>
      passes
        .map((pass) => convolutions.cheapest({ ...pass, shape, epilogue }, profiles[name]))
        .map(({ variant }) => letters[variant.name] ?? variant.name[0])
        .join(""),
    );
    expect(found.join(" ")).toBe(chosen);
  });
});

describe("reductions: outer, length, inner", () => {
  /** Results along the length and workgroups, on a processor and on a GPU; t where lanes are combined in a tree. */
  const rows: [middle: [number, number, number], processor: string, gpu: string][] = [
    [[1, 1000000, 1], "1024 by 16", "920 by 920 t"],
    [[512, 1000, 1], "1 by 8", "1 by 512 t"],
    [[32, 10, 1], "1 by 1", "1 by 1 t"],
    [[1, 100000, 64], "16 by 16", "1021 by 1021"],
    [[64, 4096, 100], "1 by 128", "8 by 1024"],
    [[1000, 512, 1], "1 by 16", "1 by 1000 t"],
  ];

  it.each(rows)("%j", ([outer, length, inner], ...chosen) => {
    const middle = { outer, length, inner };
    const found = [profiles.lavapipe, profiles.gpu].map((profile) => {
      const { variant } = reductions.cheapest(middle, profile);
      const { partials, groups, tree } = variant.stage(middle, profile);
      return `${partials} by ${groups[0]}${tree ? " t" : ""}`;
    });
    expect(found).toEqual(chosen);
  });
});

describe("copies, gradients of gathers and of max pooling", () => {
  const both = [profiles.lavapipe, profiles.gpu];

  it("views are copied in tiles on GPUs, where another dimension runs on and tiles are full", () => {
    const copies = (dims: number[], strides: number[], offset = 0) =>
      both
        .map((profile) => viewCopies.cheapest({ shape: dims, dims, strides, offset }, profile))
        .map(({ variant }) => variant.name);
    expect(copies([64, 100], [1, 64])).toEqual(["strided", "tiled"]);
    expect(copies([64, 7], [1, 64])).toEqual(["strided", "strided"]);
    expect(copies([64, 100], [1, 64], 3)).toEqual(["strided", "strided"]);
    expect(copies([64, 50], [100, 1])).toEqual(["strided", "strided"]);
  });

  it("max pooling scatters gradients where each input is in one window", () => {
    const gradient = (options: WindowOptions, input: [number, number]) => {
      const window = resolveWindow("maxPool2d", input, options);
      const output = outputSize("maxPool2d", input, window);
      const problem = { planes: 64, input, output, window };
      return both.map((profile) => maxPoolGradients.cheapest(problem, profile).variant.name);
    };
    expect(gradient({ kernelSize: 2, stride: 2 }, [8, 8])).toEqual(["scatter", "scatter"]);
    expect(gradient({ kernelSize: 2, stride: 2 }, [9, 9])).toEqual(["gather", "gather"]);
    expect(gradient({ kernelSize: 3, stride: 2, padding: 1 }, [8, 8])).toEqual([
      "gather",
      "gather",
    ]);
  });

  it("many indices are sorted into lists first", () => {
    const gradient = (count: number) => {
      const strides = { index_stride_outer: count, index_stride_j: 1, index_stride_inner: 1 };
      const layout = { length: 100, inner: 1, count, ...strides };
      const problem = { layout, elements: 800, isList: false };
      return both.map((profile) => gatherGradients.cheapest(problem, profile).variant.name);
    };
    expect(gradient(32)).toEqual(["scan", "scan"]);
    expect(gradient(33)).toEqual(["lists", "lists"]);
  });
});
