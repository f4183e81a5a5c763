import { describe, expect, it } from "vitest";
import {
  backward,
  capture,
  dropout,
  getRandomState,
  manualSeed,
  ones,
  setRandomState,
  type Tensor,
} from "../../src/autograd/index.ts";

const values = async (t: Tensor) => [...(await t.data())];

describe("dropout", () => {
  it("keeps about 1 − p of the elements, and the mean", async () => {
    manualSeed(1);
    const got = await values(dropout(ones([100_003]), 0.3));
    const kept = got.filter((v) => v !== 0);
    expect(kept.length / got.length).toBeCloseTo(0.7, 2);
    expect(new Set(kept).size).toBe(1);
    expect(kept[0]).toBeCloseTo(1 / 0.7, 6);
  });

  it("draws anew each time and repeats after seeding", async () => {
    manualSeed(7);
    const first = await values(dropout(ones([500])));
    const state = getRandomState();
    const second = await values(dropout(ones([500])));
    expect(second).not.toEqual(first);
    manualSeed(7);
    expect(await values(dropout(ones([500])))).toEqual(first);
    setRandomState(JSON.parse(JSON.stringify(state)));
    expect(await values(dropout(ones([500])))).toEqual(second);
    manualSeed(8);
    expect(await values(dropout(ones([500])))).not.toEqual(first);
  });

  it("gives the input itself when not training or p is 0", () => {
    const x = ones([3]);
    expect(dropout(x, 0.5, false)).toBe(x);
    expect(dropout(x, 0)).toBe(x);
  });

  it("sends the gradient through the same mask, also in each replay of a captured step", async () => {
    const x = ones([1000], { requiresGrad: true });
    const step = capture((ignored: Tensor) => {
      expect(ignored.size).toBe(1);
      x.grad = null;
      const out = dropout(x, 0.4);
      backward(out, ones([1000]));
      return { out, grad: x.grad! };
    });
    const masks: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { out, grad } = step(ones([1]));
      const mask = await values(out);
      expect(await values(grad)).toEqual(mask);
      masks.push(mask.join());
    }
    expect(new Set(masks).size).toBe(3);
    step.dispose();
  });

  it("draws the same in a captured step as without", async () => {
    const run = (x: Tensor) => dropout(x, 0.5);
    manualSeed(3);
    const eager = [await values(run(ones([64]))), await values(run(ones([64])))];
    manualSeed(3);
    const step = capture(run);
    const captured = [await values(step(ones([64]))), await values(step(ones([64])))];
    expect(captured).toEqual(eager);
    step.dispose();
  });
});

describe("manualSeed", () => {
  it("refuses what is no seed", () => {
    expect(() => manualSeed(-1)).toThrow(
      "manualSeed: the seed is -1; give a whole number from 0 to 2^53 - 1",
    );
    expect(() => manualSeed(1.5)).toThrow("manualSeed: the seed is 1.5");
    expect(() => setRandomState({ seed: 1, draws: -2 })).toThrow("setRandomState: draws is -2");
  });
});
