import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { columnScale, standardize } from "../../src/data/index.ts";

interface Golden {
  readonly train: (number | null)[][];
  readonly test: (number | null)[][];
  readonly mean: number[];
  readonly scale: number[];
  readonly standardized: number[][];
}

const { cases: golden }: { cases: Golden } = JSON.parse(
  readFileSync(new URL("../golden/standardize.json", import.meta.url), "utf8"),
);
const withNaN = (rows: (number | null)[][]) =>
  rows.map((row) => row.map((value) => value ?? Number.NaN));

it("columns are scaled, and what is missing is marked, as scikit-learn does it", () => {
  const scale = columnScale(withNaN(golden.train));
  scale.mean.forEach((mean, c) => {
    expect(mean).toBeCloseTo(golden.mean[c], 10);
  });
  scale.scale.forEach((value, c) => {
    expect(value).toBeCloseTo(golden.scale[c], 10);
  });
  const rows = standardize(withNaN(golden.test), JSON.parse(JSON.stringify(scale)));
  rows.forEach((row, i) => {
    expect([...row]).toHaveLength(8);
    row.forEach((value, c) => {
      expect(value).toBeCloseTo(golden.standardized[i][c], 5);
    });
  });
});

it("a column of which nothing is known stays 0, and is marked", () => {
  const rows = [
    [1, Number.NaN],
    [3, Number.NaN],
  ];
  expect(standardize(rows, columnScale(rows)).map((row) => [...row])).toEqual([
    [-1, 0, 0, 1],
    [1, 0, 0, 1],
  ]);
});

it("rows that can't be are named", () => {
  expect(() => columnScale([])).toThrow("there are no rows with numbers");
  expect(() => columnScale([[1], [1, 2]])).toThrow("columnScale: row 1 has 2 numbers, not 1");
  expect(() => standardize([[Infinity]], { mean: [0], scale: [1] })).toThrow(
    "standardize: row 0 holds Infinity; NaN says that a value is missing",
  );
});
