import { describe, expect, it } from "vitest";
import { coverage } from "../../../src/data/glyphs/raster.ts";

const sharp = (radius: number) => ({ radius: [radius, radius] as const, softness: 1 });

describe("coverage", () => {
  it("fills what the pen covers and nothing else", () => {
    const line = [
      { x: 2, y: 4 },
      { x: 6, y: 4 },
    ];
    const ink = coverage([line], 8, sharp(1));
    const row = (y: number) => Array.from(ink.subarray(y * 8, y * 8 + 8));
    expect(row(3)).toEqual(row(4));
    expect(row(3).slice(2, 6)).toEqual([1, 1, 1, 1]);
    expect(row(1)).toEqual(Array(8).fill(0));
    expect(row(5)[3]).toBe(0);
  });

  it("covers edge pixels in part", () => {
    const line = [
      { x: 0, y: 2.5 },
      { x: 5, y: 2.5 },
    ];
    const ink = coverage([line], 5, sharp(0.75));
    expect(ink[2 * 5 + 2]).toBe(1);
    expect(ink[1 * 5 + 2]).toBeCloseTo(0.25, 6);
  });

  it("cuts off what lies outside and draws a single dot", () => {
    const outside = [
      { x: -9, y: -9 },
      { x: -5, y: -5 },
    ];
    expect(Math.max(...coverage([outside], 4, sharp(1)))).toBe(0);
    const dot = [
      { x: 1.5, y: 1.5 },
      { x: 1.5, y: 1.5 },
    ];
    expect(coverage([dot], 3, sharp(0.5))[4]).toBe(1);
  });

  it("changes the width along the line", () => {
    const line = [0, 4, 8].map((x) => ({ x, y: 4 }));
    const ink = coverage([line], 8, { radius: [0.6, 2.4], softness: 1 });
    const inked = (x: number) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((y) => ink[y * 8 + x] > 0.5).length;
    expect(inked(6)).toBeGreaterThan(inked(1));
  });
});
