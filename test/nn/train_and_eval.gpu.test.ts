import { describe, expect, it } from "vitest";
import { nn, optim, rand, randn, type Tensor } from "../../src/index.ts";

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
