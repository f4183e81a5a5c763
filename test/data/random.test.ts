import { describe, expect, it } from "vitest";
import { Random } from "../../src/data/index.ts";

describe("Random", () => {
  it("is xoshiro128**: the numbers of the authors' C code from the state 1, 2, 3, 4", () => {
    const random = Random.fromState([1, 2, 3, 4]);
    const drawn = Array.from({ length: 10 }, () => random.uint32());
    expect(drawn).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it("gives the same sequence for the same seeds, and another for any other", () => {
    const start = (...seeds: [number, ...number[]]) => {
      const random = new Random(...seeds);
      return `${random.uint32()} ${random.uint32()}`;
    };
    expect(start(5, 1)).toBe(start(5, 1));
    const seeds: [number, ...number[]][] = [[5], [5, 0], [5, 1], [1, 5], [-5], [5 + 2 ** 32], [0]];
    expect(new Set(seeds.map((s) => start(...s))).size).toBe(seeds.length);
  });

  it("refuses a seed that is no integer", () => {
    expect(() => new Random(0.5)).toThrow("a seed must be an integer, got 0.5");
    expect(() => new Random(Number.NaN)).toThrow("got NaN");
  });

  it("draws integers and floats evenly", () => {
    const random = new Random(1);
    const counts = new Int32Array(7);
    let sum = 0;
    let inRange = true;
    for (let i = 0; i < 70_000; i++) {
      counts[random.int(7)]++;
      const f = random.float();
      inRange &&= f >= 0 && f < 1;
      sum += f;
    }
    expect(inRange).toBe(true);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400); // 4 sigma
    expect(Math.abs(sum / 70_000 - 0.5)).toBeLessThan(0.005);
  });

  it("permutes without losing anything, every order equally often", () => {
    expect([...new Random(3).permutation(50)].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
    const random = new Random(2);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.permutation(3).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});
