import { describe, expect, it } from "vitest";
import { manualSeed, nn, type Tensor, tensor } from "../../src/index.ts";

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
