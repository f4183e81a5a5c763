import { describe, expect, it } from "vitest";
import { capture, manualSeed, nn, ones, type Tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const rowsOf = (values: ArrayLike<number>, width: number) =>
  Array.from({ length: values.length / width }, (_, i) =>
    Array.from(values).slice(i * width, (i + 1) * width),
  );

describe("StochasticDepth", () => {
  it("drops whole examples and scales the others, the gradient alike", async () => {
    manualSeed(5);
    const x = ones([400, 2, 3], { requiresGrad: true });
    const y = new nn.StochasticDepth(0.25).forward(x);
    y.sum().backward();
    const rows = rowsOf(await y.data(), 6);
    for (const row of rows) {
      for (const value of row) expect(value).toBeCloseTo(row[0] === 0 ? 0 : 4 / 3, 6);
    }
    const dropped = rows.filter(([first]) => first === 0).length;
    expect(Math.abs(dropped / 400 - 0.25)).toBeLessThan(0.07);
    expect(await x.grad!.data()).toEqual(await y.data());
  });

  it("drops all together where asked", async () => {
    manualSeed(5);
    const layer = new nn.StochasticDepth(0.5, "batch");
    const kept = await Promise.all(
      Array.from({ length: 20 }, async () => new Set(await layer.forward(ones([8, 3])).data())),
    );
    for (const values of kept) expect(values.size).toBe(1);
    expect(new Set(kept.map(([value]) => value))).toEqual(new Set([0, 2]));
  });

  it("draws anew at each replay of a captured step, as eager code does", async () => {
    const layer = new nn.StochasticDepth(0.5);
    const x = ones([16, 1]);
    const run = async (step: (x: Tensor) => Tensor) => {
      manualSeed(9);
      return [[...(await step(x).data())], [...(await step(x).data())]];
    };
    const eager = await run((input) => layer.forward(input));
    expect(await run(capture((input: Tensor) => layer.forward(input)))).toEqual(eager);
    expect(eager[0]).not.toEqual(eager[1]);
  });

  it("passes everything on in evaluation, with p = 0, and frozen", () => {
    const x = ones([2, 3]);
    expect(new nn.StochasticDepth(0.9).eval().forward(x)).toBe(x);
    expect(new nn.StochasticDepth(0).forward(x)).toBe(x);
    const layer = new nn.StochasticDepth(0.9).requiresGrad_(false);
    expect(layer.forward(x)).toBe(x);
    expect(layer.requiresGrad_(true).forward(x)).not.toBe(x);
  });

  it("refuses a p out of range and an unknown mode", () => {
    expect(() => new nn.StochasticDepth(-0.1)).toThrow(/p must be in 0..1, not -0.1/);
    expect(() => new nn.StochasticDepth(0.1, mistyped("pixel"))).toThrow(/mode must be "row" or/);
  });
});
