import { expect, it } from "vitest";
import { curveLines } from "../../src/cli/terminal/curve.ts";

it("draws bars between the least and the greatest value", () => {
  expect(curveLines([0, 1, 2, 3, 4, 5, 6, 7], 60, 1)).toEqual(["▁▂▃▄▅▆▇█"]);
  expect(curveLines([3, 0, 15, 8], 60, 2)).toEqual(["  █▁", "▄▁██"]);
});

it("takes means where there are more values than columns, and is flat where they are alike", () => {
  expect(curveLines([0, 2, 7, 9, 3, 5], 3, 1)).toEqual(["▁█▄"]);
  expect(curveLines([5, 5, 5], 60, 2)).toEqual(["   ", "▁▁▁"]);
});
