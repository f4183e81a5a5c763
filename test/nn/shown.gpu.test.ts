import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { models, nn } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const model = () =>
  new nn.Sequential({
    conv: new nn.Conv2d(3, 8, 3, { padding: 1, bias: false }),
    norm: new nn.BatchNorm2d(8),
    rest: new nn.Sequential(new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten()),
    fc: new nn.Linear(128, 10),
  });

const TREE = `Sequential(
  (conv): Conv2d(inChannels: 3, outChannels: 8, weight: [8,3,3,3], kernelSize: [3,3], padding: 1)
  (norm): BatchNorm2d(numFeatures: 8, weight: [8], bias: [8], runningMean: [8], runningVar: [8], eps: 0.00001, momentum: 0.1)
  (rest): Sequential(
    (0): ReLU()
    (1): MaxPool2d(kernelSize: 2)
    (2): Flatten(startDim: 1, endDim: -1)
  )
  (fc): Linear(inFeatures: 128, outFeatures: 10, weight: [10,128], bias: [10])
)`;

describe("a model", () => {
  it("is shown as its tree, with settings and shapes of parameters", () => {
    expect(String(model())).toBe(TREE);
    expect(inspect(model())).toBe(TREE);
    const nested = inspect({ model: model() });
    expect(nested).toContain("    (rest): Sequential(");
  });

  it("has methods of PyTorch's names that say what there is, and are found by nobody else", () => {
    const layer = model();
    expect(() => Reflect.get(layer, "cuda").call(layer)).toThrow(
      "model.cuda() isn't there: nothing to do",
    );
    expect(Object.keys(new nn.ReLU())).toEqual(["training"]);
    const found: string[] = [];
    for (const name in new nn.ReLU()) found.push(name);
    expect(found).toEqual(["training"]);
    expect(Reflect.get(layer, "then")).toBeUndefined();
    expect(JSON.parse(JSON.stringify(new nn.ReLU()))).toEqual({ training: true });
  });
});

describe("summary", () => {
  it("prints layers, shapes and counts, and gives them back", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const net = model();
    net.get("conv").requiresGrad_(false);
    const found = net.summary([2, 3, 8, 8]);
    const text = String(log.mock.calls[0]?.[0]);
    log.mockRestore();
    expect(text.split("\n")).toEqual([
      "Layer (type)        Output shape  Parameters",
      "============================================",
      "conv (Conv2d)       [2, 8, 8, 8]         216",
      "norm (BatchNorm2d)  [2, 8, 8, 8]          16",
      "rest.0 (ReLU)       [2, 8, 8, 8]           0",
      "rest.1 (MaxPool2d)  [2, 8, 4, 4]           0",
      "rest.2 (Flatten)    [2, 128]               0",
      "fc (Linear)         [2, 10]            1,290",
      "============================================",
      "Parameters: 1,522",
      "Trainable: 1,306",
      "Frozen: 216",
      "Buffers: 16",
    ]);
    expect([found.parameters, found.trainable, found.frozen, found.buffers]).toEqual([
      1522, 1306, 216, 16,
    ]);
    expect(found.layers[5]).toEqual({
      name: "fc",
      kind: "Linear",
      outputShape: [2, 10],
      parameters: 1290,
    });
    const texts: string[] = [];
    net.summary([2, 3, 8, 8], { print: (other) => texts.push(other) });
    expect(texts).toEqual([text]);
  });

  it("counts published networks right, and leaves them as they were", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const net = models.resnet18();
    const found = net.summary([1, 3, 64, 64]);
    log.mockRestore();
    expect(found.parameters).toBe(11_689_512);
    expect(found.layers.at(-1)?.outputShape).toEqual([1, 1000]);
    expect(net.modules().every((module) => module.training && !("hooked" in module))).toBe(true);
  });

  it("passes the model's own error on, with nothing left behind", () => {
    const net = model();
    expect(() => net.summary([1, 4, 8, 8])).toThrow(/conv2d/);
    expect(() => net.summary(mistyped(3))).toThrow(/inputShape must be a list/);
    expect(net.modules().every((module) => module.training && !("hooked" in module))).toBe(true);
  });
});

describe("countFlops", () => {
  it("counts two a product, layer by layer", () => {
    const net = model();
    const before = net.modules().map(({ training }) => training);
    const { total, layers } = nn.countFlops(net, [2, 3, 8, 8]);
    const [conv, fc] = [2 * (2 * 8 * 8 * 8) * (3 * 3 * 3), 2 * (2 * 10) * 128];
    expect([...layers]).toEqual([
      ["conv", conv],
      ["fc", fc],
    ]);
    expect(total).toBe(conv + fc);
    expect(net.modules().map(({ training }) => training)).toEqual(before);
  });

  it("counts what belongs to no layer in the total, and transposed convolutions by their inputs", () => {
    const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
    const { total, layers } = nn.countFlops(attention, [1, 5, 8]);
    expect(Object.fromEntries(layers)).toEqual({
      "": 2 * 5 * 8 * 24,
      out_proj: 2 * 5 * 8 * 8,
    });
    const scoresAndSums = 2 * 2 * (5 * 5 * 8);
    expect(total).toBe(2 * 5 * 8 * 24 + 2 * 5 * 8 * 8 + scoresAndSums);
    const up = new nn.ConvTranspose2d(3, 4, 2, { stride: 2 });
    expect(nn.countFlops(up, [1, 3, 5, 5]).total).toBe(2 * 3 * 25 * 4 * 2 * 2);
  });

  it("finds what torchvision publishes", () => {
    const squeezenet = models.squeezenet1_1();
    expect(nn.countFlops(squeezenet, [1, 3, 224, 224]).total / 2e9).toBeCloseTo(0.349, 3);
  });
});
