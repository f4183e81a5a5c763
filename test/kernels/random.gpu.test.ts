import { beforeEach, describe, expect, it } from "vitest";
import { rand, randn } from "../../src/autograd/index.ts";
import { manualSeed, setRandomState } from "../../src/kernels/index.ts";
import { mistyped } from "../mistyped.ts";
import { philox } from "../ops/reference/philox.ts";

beforeEach(() => manualSeed(42));

/** The number that a random word becomes: its upper 24 bits behind the point. */
const uniform = (word: number) => (word >>> 8) / 2 ** 24;

describe("Philox", () => {
  it("agrees with the vectors of the paper's code", () => {
    const all = 0xffffffff;
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philox([all, all, all, all], [all, all])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(
      philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
    ).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });

  it("is the same on the GPU, for large seeds and draws too", async () => {
    setRandomState({ seed: 2 ** 52 + 12345, draws: 2 ** 33 + 7 });
    const values = await rand([10]).data();
    const expected = [0, 1, 2].flatMap((block) => philox([block, 0, 7, 2], [12345, 2 ** 20]));
    expect([...values]).toEqual(expected.slice(0, 10).map(uniform));
  });

  it("reaches beyond 65,535 workgroups", async () => {
    setRandomState({ seed: 9, draws: 0 });
    const n = 4 * 64 * 65_536 + 6;
    const values = await rand([n]).data();
    const last = Math.floor((n - 1) / 4);
    const expected = philox([last, 0, 0, 0], [9, 0]).slice(0, 2);
    expect([...values.slice(4 * last)]).toEqual(expected.map(uniform));
  });
});

/** Mean, variance and fourth moment about the mean over the variance squared. */
function momentsOf(values: ArrayLike<number>) {
  const all = Array.from(values);
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  const moment = (k: number) => all.reduce((sum, v) => sum + (v - mean) ** k, 0) / all.length;
  return { mean, variance: moment(2), kurtosis: moment(4) / moment(2) ** 2 };
}

describe("rand", () => {
  it("is uniform in 0 to below 1", async () => {
    const values = await rand([300, 333]).data();
    const { mean, variance } = momentsOf(values);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
  });

  it("takes a dtype and requiresGrad, and refuses integers", () => {
    const x = rand([2, 3], { requiresGrad: true });
    expect([x.shape, x.requiresGrad]).toEqual([[2, 3], true]);
    expect(() => rand([2], { dtype: "i32" })).toThrow("rand: dtype is i32; it must be f32 or f16");
    expect(() => rand(mistyped(3))).toThrow("rand: the shape must be a list of numbers");
    expect(() => rand([2], mistyped({ seed: 1 }))).toThrow('rand: unknown option "seed"');
  });
});

describe("randn", () => {
  it("has mean 0, variance 1 and a normal's tails", async () => {
    const values = await randn([100_003]).data();
    const { mean, variance, kurtosis } = momentsOf(values);
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.1);
    expect(values.every((v) => Math.abs(v) < 7)).toBe(true);
  });

  it("repeats after seeding", async () => {
    const first = await randn([9]).data();
    const second = await randn([9]).data();
    expect(second).not.toEqual(first);
    manualSeed(42);
    expect(await randn([9]).data()).toEqual(first);
  });
});
