import { describe, expect, it } from "vitest";
import { parsePath, subdivide } from "../../../src/data/glyphs/path.ts";

describe("parsePath", () => {
  it("makes a polyline of each M, centred on the box", () => {
    expect(parsePath("M0 0 L100 100 M50 0 L50 100")).toEqual([
      [
        { x: -0.5, y: -0.5 },
        { x: 0.5, y: 0.5 },
      ],
      [
        { x: 0, y: -0.5 },
        { x: 0, y: 0.5 },
      ],
    ]);
  });

  it("bends curves through their middle and ends them where they end", () => {
    const [line] = parsePath("M0 0 Q100 0 100 100");
    expect(line).toHaveLength(9);
    expect(line[4]).toEqual({ x: 0.25, y: -0.25 });
    expect(line[8]).toEqual({ x: 0.5, y: 0.5 });
  });

  it("names a command it doesn't know or that lacks numbers", () => {
    expect(() => parsePath("M0 0 C1 2 3 4 5 6")).toThrow('path command "C1 2 3 4 5 6": expected');
    expect(() => parsePath("M0 0 L5")).toThrow('path command "L5": expected M x y');
    expect(() => parsePath("L0 0")).toThrow("must begin with M");
  });
});

describe("subdivide", () => {
  it("keeps the corners and leaves no part longer than the step", () => {
    const line = subdivide(parsePath("M0 0 L100 0 L100 10")[0], 0.25);
    expect(line.map(({ x }) => x)).toEqual([-0.5, -0.25, 0, 0.25, 0.5, 0.5]);
    expect(line.at(-1)).toEqual({ x: 0.5, y: -0.4 });
  });
});
