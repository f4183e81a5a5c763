import { describe, expect, it } from "vitest";
import { F, nn, noGrad, rand, randn, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { expectClose } from "../ops/compare.ts";

const shapeOf = (layer: nn.Module, shape: number[]) =>
  (layer.forward(randn(shape)) as Tensor).shape;

describe("layers give PyTorch's shapes", () => {
  const cases: [string, nn.Module, number[], number[]][] = [
    ["Conv2d", new nn.Conv2d(3, 4, 3), [2, 3, 8, 7], [2, 4, 6, 5]],
    [
      "Conv2d, strided",
      new nn.Conv2d(3, 4, [3, 5], { stride: 2, padding: [1, 2] }),
      [1, 3, 8, 8],
      [1, 4, 4, 4],
    ],
    [
      "Conv2d, dilated in groups",
      new nn.Conv2d(4, 8, 3, { dilation: 2, groups: 4 }),
      [1, 4, 8, 8],
      [1, 8, 4, 4],
    ],
    [
      "Conv2d, same",
      new nn.Conv2d(1, 1, 3, { stride: 2, padding: "same" }),
      [1, 1, 5, 6],
      [1, 1, 3, 3],
    ],
    [
      "ConvTranspose2d",
      new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
      [1, 4, 5, 6],
      [1, 6, 10, 12],
    ],
    ["Upsample", new nn.Upsample({ scaleFactor: 2 }), [1, 2, 3, 4], [1, 2, 6, 8]],
    ["Upsample, sized", new nn.Upsample({ size: 5, mode: "bilinear" }), [1, 2, 3, 4], [1, 2, 5, 5]],
    ["PixelShuffle", new nn.PixelShuffle(2), [1, 8, 3, 4], [1, 2, 6, 8]],
    ["PixelUnshuffle", new nn.PixelUnshuffle(2), [1, 2, 6, 8], [1, 8, 3, 4]],
    ["ChannelShuffle", new nn.ChannelShuffle(2), [1, 6, 3, 4], [1, 6, 3, 4]],
    ["Conv1d", new nn.Conv1d(4, 6, 3, { stride: 2, groups: 2 }), [1, 4, 9], [1, 6, 4]],
    ["Conv1d, same", new nn.Conv1d(2, 3, 4, { padding: "same" }), [1, 2, 9], [1, 3, 9]],
    ["MaxPool1d", new nn.MaxPool1d(2), [1, 2, 7], [1, 2, 3]],
    ["AvgPool1d, ceil", new nn.AvgPool1d(2, { ceilMode: true }), [1, 2, 7], [1, 2, 4]],
    ["AdaptiveAvgPool1d", new nn.AdaptiveAvgPool1d(3), [1, 2, 7], [1, 2, 3]],
    ["AdaptiveMaxPool1d", new nn.AdaptiveMaxPool1d(1), [1, 2, 7], [1, 2, 1]],
    ["Linear", new nn.Linear(5, 3), [2, 4, 5], [2, 4, 3]],
    ["MaxPool2d", new nn.MaxPool2d(2), [1, 2, 5, 6], [1, 2, 2, 3]],
    ["MaxPool2d, ceil", new nn.MaxPool2d(2, { ceilMode: true }), [1, 2, 5, 6], [1, 2, 3, 3]],
    ["AvgPool2d", new nn.AvgPool2d(3, { stride: 1, padding: 1 }), [1, 2, 5, 6], [1, 2, 5, 6]],
    ["AdaptiveAvgPool2d", new nn.AdaptiveAvgPool2d([2, 3]), [1, 2, 7, 7], [1, 2, 2, 3]],
    ["AdaptiveMaxPool2d", new nn.AdaptiveMaxPool2d([2, null]), [1, 2, 7, 5], [1, 2, 2, 5]],
    ["LogSoftmax", new nn.LogSoftmax(-1), [2, 3], [2, 3]],
    ["Flatten", new nn.Flatten(), [2, 3, 4, 5], [2, 60]],
    ["Flatten(2)", new nn.Flatten(2), [2, 3, 4, 5], [2, 3, 20]],
    ["BatchNorm1d", new nn.BatchNorm1d(3), [4, 3], [4, 3]],
    ["BatchNorm2d", new nn.BatchNorm2d(3), [4, 3, 2, 2], [4, 3, 2, 2]],
    ["LayerNorm", new nn.LayerNorm([3, 4]), [2, 3, 4], [2, 3, 4]],
    ["LayerNorm of channels", new nn.LayerNorm(3, { dim: 1 }), [2, 3, 4, 4], [2, 3, 4, 4]],
    ["RMSNorm", new nn.RMSNorm(4), [2, 3, 4], [2, 3, 4]],
    ["GroupNorm", new nn.GroupNorm(2, 4), [2, 4, 3, 3], [2, 4, 3, 3]],
    ["InstanceNorm1d", new nn.InstanceNorm1d(3), [2, 3, 5], [2, 3, 5]],
    ["InstanceNorm2d", new nn.InstanceNorm2d(3), [2, 3, 5, 4], [2, 3, 5, 4]],
    ["LocalResponseNorm", new nn.LocalResponseNorm(5), [2, 7, 5, 4], [2, 7, 5, 4]],
    ["PReLU", new nn.PReLU(3), [2, 3, 4, 4], [2, 3, 4, 4]],
    ["Identity", new nn.Identity(), [3], [3]],
    ["Dropout", new nn.Dropout(), [3, 2], [3, 2]],
  ];
  it.each(cases)("%s", (_, layer, input, output) => {
    expect(shapeOf(layer, input)).toEqual(output);
  });

  it("and name the options they have", () => {
    const cases: [() => unknown, RegExp][] = [
      [() => new nn.MaxPool2d(2, mistyped({ strides: 2 })), /MaxPool2d: unknown option "strides"/],
      [() => new nn.AvgPool2d(2, mistyped({ strides: 2 })), /are stride, padding, ceilMode, count/],
      [() => new nn.Conv2d(1, 2, 3, mistyped({ padding: "full" })), /Conv2d: padding is "full"/],
      [() => new nn.Conv2d(1, 2, 3, { stride: 0 }), /Conv2d: stride is 0/],
      [() => new nn.MaxPool2d(2, { stride: [1, 2, 3] }), /MaxPool2d: stride is \[1,2,3\]/],
      [() => new nn.Upsample({}), /Upsample: give either size or scaleFactor/],
      [() => new nn.LayerNorm(3, mistyped({ affine: true })), /LayerNorm.*elementwiseAffine, bias/],
      [() => new nn.RMSNorm(3, mistyped({ bias: true })), /RMSNorm: unknown option "bias"/],
      [() => new nn.GroupNorm(2, 5), /GroupNorm: 5 channels can't be shared out evenly among 2/],
      [() => new nn.InstanceNorm2d(3, mistyped({ momentum: 1 })), /InstanceNorm.*are eps, affine/],
      [() => new nn.PReLU(3, mistyped({ slope: 1 })), /PReLU.*the options are init/],
      [() => new nn.AvgPool2d(0), /AvgPool2d: kernelSize is 0/],
      [() => new nn.Sequential(mistyped(() => 1)), /Sequential: "0" is not a module/],
      [() => new nn.GELU(mistyped({ approx: "tanh" })), /GELU.*the options are approximate/],
      [() => new nn.CrossEntropyLoss(mistyped({ smoothing: 0.1 })), /CrossEntropyLoss.*labelSmo/],
      [() => new nn.NLLLoss(mistyped({ smoothing: 0.1 })), /NLLLoss.*ignoreIndex/],
      [() => new nn.BCEWithLogitsLoss(mistyped({ pos: 1 })), /BCEWithLogitsLoss.*posWeight/],
      [() => new nn.MSELoss(mistyped({ reduce: "sum" })), /MSELoss.*reduction/],
    ];
    for (const [make, text] of cases) expect(make).toThrow(text);
  });

  it("and take no option out of place in silence", () => {
    const cases: [() => unknown, RegExp][] = [
      [
        () => new nn.MaxPool2d(3, mistyped(2)),
        /MaxPool2d: options go in an object, \{ stride: … \}/,
      ],
      [() => new nn.Conv2d(1, 2, 3, mistyped(1)), /Conv2d: options go in an object.*not 1/],
      [() => new nn.Linear(2, 2, mistyped(false)), /Linear: .*\{ bias: … \}, not false/],
      [() => new nn.BatchNorm2d(2, mistyped(1e-3)), /BatchNorm: .*\{ eps: … \}, not 0.001/],
      [() => F.maxPool2d(randn([1, 1, 2, 2]), mistyped(2)), /maxPool2d: .*\{ kernelSize: … \}/],
      [() => F.avgPool2d(randn([1, 1, 2, 2]), mistyped(undefined)), /avgPool2d: .*not undefined/],
      [() => new nn.CrossEntropyLoss(mistyped(null)), /CrossEntropyLoss: .*not null/],
    ];
    for (const [make, text] of cases) expect(make).toThrow(text);
  });

  it("and parameters under PyTorch's names, as PyTorch begins with them", async () => {
    const shapes = (layer: nn.Module) =>
      Object.entries(layer.stateDict()).map(([name, { shape }]) => `${name} [${shape}]`);
    expect(shapes(new nn.LayerNorm([3, 4]))).toEqual(["weight [3,4]", "bias [3,4]"]);
    expect(shapes(new nn.LayerNorm(3, { bias: false }))).toEqual(["weight [3]"]);
    expect(shapes(new nn.LayerNorm(3, { elementwiseAffine: false }))).toEqual([]);
    expect(shapes(new nn.RMSNorm(4))).toEqual(["weight [4]"]);
    expect(shapes(new nn.GroupNorm(2, 4))).toEqual(["weight [4]", "bias [4]"]);
    expect(shapes(new nn.GroupNorm(2, 4, { affine: false }))).toEqual([]);
    expect(shapes(new nn.InstanceNorm2d(3))).toEqual([]);
    expect(shapes(new nn.InstanceNorm2d(3, { affine: true }))).toEqual(["weight [3]", "bias [3]"]);
    expect([...(await new nn.PReLU(2).weight.data())]).toEqual([0.25, 0.25]);
    expect([...(await new nn.PReLU(1, { init: 0.5 }).weight.data())]).toEqual([0.5]);
    expect([...(await new nn.GroupNorm(1, 2).weight!.data())]).toEqual([1, 1]);
  });

  it("and weights", () => {
    expect(new nn.Conv2d(4, 8, [3, 5], { groups: 2 }).weight.shape).toEqual([8, 2, 3, 5]);
    expect(new nn.ConvTranspose2d(4, 8, [3, 5], { groups: 2 }).weight.shape).toEqual([4, 4, 3, 5]);
    expect(new nn.Conv1d(4, 8, 3, { groups: 2 }).weight.shape).toEqual([8, 2, 3]);
    expect(new nn.Linear(5, 3).weight.shape).toEqual([3, 5]);
    expect(new nn.Conv2d(1, 1, 1, { bias: false }).bias).toBeNull();
    expect(new nn.BatchNorm2d(2, { affine: false }).parameters()).toEqual([]);
  });
});

describe("activations are their functions", () => {
  const x = [-4, -1.5, -0.5, 0, 0.5, 2, 7];
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  const cases: [string, nn.Module, (v: number) => number][] = [
    ["ReLU", new nn.ReLU(), (v) => Math.max(0, v)],
    ["ReLU6", new nn.ReLU6(), (v) => Math.min(6, Math.max(0, v))],
    ["LeakyReLU", new nn.LeakyReLU(0.2), (v) => (v < 0 ? 0.2 * v : v)],
    ["ELU", new nn.ELU(0.5), (v) => (v < 0 ? 0.5 * Math.expm1(v) : v)],
    ["SiLU", new nn.SiLU(), (v) => v * sigmoid(v)],
    ["Sigmoid", new nn.Sigmoid(), sigmoid],
    ["Tanh", new nn.Tanh(), Math.tanh],
    ["Hardsigmoid", new nn.Hardsigmoid(), (v) => Math.min(1, Math.max(0, v / 6 + 0.5))],
    ["Hardswish", new nn.Hardswish(), (v) => v * Math.min(1, Math.max(0, v / 6 + 0.5))],
  ];
  it.each(cases)("%s", async (name, layer, reference) => {
    const got = await (layer.forward(tensor(x)) as Tensor).data();
    expectClose(name, got, x.map(reference), [x.length], 1e-5);
    expect(layer.constructor.name).toBe(name);
  });

  it("Softmax along a dimension, GELU in both forms", async () => {
    const rows = (await (
      new nn.Softmax().forward(tensor([[0, Math.log(3)]])) as Tensor
    ).data()) as Float32Array;
    expectClose("softmax", rows, [0.25, 0.75], [1, 2], 1e-6);
    const gelu = await (new nn.GELU().forward(tensor([1])) as Tensor).item();
    const tanh = await (new nn.GELU({ approximate: "tanh" }).forward(tensor([1])) as Tensor).item();
    expect(gelu).toBeCloseTo(0.8413447, 5);
    expect(tanh).toBeCloseTo(0.841192, 5);
  });
});

describe("bad input", () => {
  it("is refused by name", () => {
    expect(() => new nn.Conv2d(3, 4, 3, { strides: 2 } as object)).toThrow(/Conv2d.*strides/);
    expect(() => new nn.Linear(3, 4, { biass: false } as object)).toThrow(/Linear.*biass/);
    expect(() => new nn.BatchNorm2d(3, { momentun: 1 } as object)).toThrow(/BatchNorm.*momentun/);
    expect(() => new nn.Conv2d(3, 4, 3, { groups: 2 })).toThrow(
      /3 → 4 can't be divided into 2 groups/,
    );
    expect(() => new nn.Linear(3, 4).forward(randn([2, 5]))).toThrow(/linear/);
    expect(() => new nn.Conv2d(3, 4, 3).forward(randn([1, 2, 5, 5]))).toThrow(/conv2d/);
  });
});

describe("loss modules are the functions with their options", () => {
  it("cross-entropy, NLL, BCE, MSE", async () => {
    const [x, labels] = [randn([3, 4]), tensor(new Int32Array([0, 3, 1]))];
    const soft = rand([3, 4]);
    const pairs: [Tensor, Tensor][] = noGrad(() => [
      [
        new nn.CrossEntropyLoss({ labelSmoothing: 0.1 }).forward(x, labels),
        F.crossEntropy(x, labels, { labelSmoothing: 0.1 }),
      ],
      [
        new nn.NLLLoss({ reduction: "sum" }).forward(x, labels),
        F.nllLoss(x, labels, { reduction: "sum" }),
      ],
      [new nn.BCEWithLogitsLoss().forward(x, soft), F.binaryCrossEntropyWithLogits(x, soft)],
      [
        new nn.MSELoss({ reduction: "sum" }).forward(x, soft),
        F.mseLoss(x, soft, { reduction: "sum" }),
      ],
    ]);
    for (const [module, direct] of pairs) expect(await module.item()).toBe(await direct.item());
  });
});
