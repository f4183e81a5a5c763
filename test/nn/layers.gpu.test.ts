import { describe, expect, it } from "vitest";
import {
  F,
  manualSeed,
  nn,
  noGrad,
  optim,
  rand,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.ts";
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

describe("initial weights", () => {
  const spread = async (t: Tensor) => {
    const values = (await t.data()) as Float32Array;
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    return { low: Math.min(...values), high: Math.max(...values), mean, std };
  };

  it("are uniform in ±1/√fanIn for convolutions and linear layers", async () => {
    const conv = new nn.Conv2d(4, 32, 3);
    const linear = new nn.Linear(36, 64);
    for (const [t, bound] of [
      [conv.weight, 1 / 6],
      [conv.bias!, 1 / 6],
      [linear.weight, 1 / 6],
      [new nn.Conv2d(4, 64, 3, { groups: 4 }).weight, 1 / 3],
    ] as const) {
      const { low, high } = await spread(t);
      expect(low).toBeGreaterThanOrEqual(-bound);
      expect(high).toBeLessThanOrEqual(bound);
      expect(low).toBeLessThan(-0.7 * bound);
      expect(high).toBeGreaterThan(0.7 * bound);
    }
  });

  it("are the same for the same seed, others for another", async () => {
    const weights = async (seed: number) => {
      manualSeed(seed);
      const first = await new nn.Linear(4, 4).weight.data();
      return [...first, ...(await new nn.Conv2d(1, 2, 3).weight.data())];
    };
    expect(await weights(5)).toEqual(await weights(5));
    expect(await weights(5)).not.toEqual(await weights(6));
  });

  it("can be drawn anew, in place, outside the graph", async () => {
    const { weight } = new nn.Conv2d(8, 16, 3);
    nn.init.kaimingNormal_(weight);
    expect((await spread(weight)).std).toBeCloseTo(Math.sqrt(2 / 72), 1.9);
    nn.init.kaimingNormal_(weight, { mode: "fanOut", a: 1 });
    expect(Math.abs((await spread(weight)).std / Math.sqrt(1 / 144) - 1)).toBeLessThan(0.1);
    nn.init.kaimingUniform_(weight);
    expect((await spread(weight)).high).toBeLessThanOrEqual(Math.sqrt(6 / 72));
    nn.init.xavierUniform_(weight, 2);
    expect((await spread(weight)).low).toBeGreaterThanOrEqual(-2 * Math.sqrt(6 / (72 + 144)));
    nn.init.normal_(weight, 5, 0.1);
    expect((await spread(weight)).mean).toBeCloseTo(5, 1);
    nn.init.constant_(weight, 2);
    expect((await spread(weight)).std).toBe(0);
    nn.init.ones_(weight);
    expect((await spread(weight)).mean).toBe(1);
    nn.init.zeros_(weight);
    expect((await spread(weight)).high).toBe(0);
    expect(weight.isLeaf && weight.requiresGrad).toBe(true);
    expect(() => nn.init.kaimingNormal_(tensor([1]))).toThrow(/at least two dimensions/);
  });
});

describe("BatchNorm", () => {
  const batch = () => rand([6, 2, 2, 2]).add(3);
  const running = async (layer: nn.BatchNorm2d) => [
    ...(await layer.runningMean.data()),
    ...(await layer.runningVar.data()),
  ];

  it("moves its running statistics while training only", async () => {
    const layer = new nn.BatchNorm2d(2);
    layer.eval();
    layer.forward(batch());
    expect(await running(layer)).toEqual([0, 0, 1, 1]);
    layer.train();
    layer.forward(batch());
    expect((await running(layer))[0]).toBeGreaterThan(0.3);
  });

  it("never moves when frozen, by its parameters or as a module, also under training", async () => {
    const plain = new nn.BatchNorm2d(2, { affine: false });
    const affine = new nn.BatchNorm2d(2);
    const model = new nn.Sequential(plain, affine, new nn.Flatten(), new nn.Linear(8, 2));
    for (const layer of [plain, affine]) layer.requiresGrad_(false);
    const before = [...(await running(plain)), ...(await running(affine))];
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad();
      (model.train().forward(batch()) as Tensor).square().mean().backward();
      optimizer.step();
    }
    expect([...(await running(plain)), ...(await running(affine))]).toEqual(before);
    expect(affine.weight!.grad).toBeNull();
    affine.requiresGrad_(true);
    model.forward(batch());
    expect(await running(affine)).not.toEqual(before.slice(4));
  });

  it("frozen and training gives what evaluation gives", async () => {
    const layer = new nn.BatchNorm2d(2);
    layer.forward(batch());
    const x = batch();
    const expected = await layer.eval().forward(x).data();
    layer.train().requiresGrad_(false);
    expect(await layer.forward(x).data()).toEqual(expected);
  });
});

describe("Dropout", () => {
  it("passes everything on in evaluation, and with p = 0", async () => {
    const x = randn([100]);
    expect(new nn.Dropout(0.9).eval().forward(x)).toBe(x);
    expect(new nn.Dropout(0).forward(x)).toBe(x);
  });

  it("drops about p while training and scales the rest", async () => {
    const y = await (new nn.Dropout(0.75).forward(rand([4000]).add(1)) as Tensor).data();
    const kept = [...y].filter((v) => v !== 0);
    expect(Math.abs(kept.length / 4000 - 0.25)).toBeLessThan(0.04);
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(4);
  });

  it("refuses a p out of range", () => {
    expect(() => new nn.Dropout(1.5)).toThrow(/p must be in 0..1, not 1.5/);
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
