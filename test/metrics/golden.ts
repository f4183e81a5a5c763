/** What scikit-learn gives: see test/golden/make_metrics.py. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { metrics } from "../../src/index.ts";

export interface ScoreCase {
  readonly options: metrics.ScoreOptions;
  readonly beta: number;
  readonly precision: number | number[];
  readonly recall: number | number[];
  readonly fscore: number | number[];
}

type ByAverage = Record<string, number | number[]>;

export interface ClassesCase {
  readonly name: string;
  readonly yTrue: number[];
  readonly yPred: number[];
  readonly logits: number[][];
  readonly rounded: number[][];
  readonly probabilities: number[][];
  readonly accuracy: number;
  readonly balanced: number;
  readonly logLoss: number;
  readonly confusion: Record<string, number[][]>;
  readonly confusionOfThree: number[][];
  readonly topK: number[];
  readonly scores: ScoreCase[];
  readonly support: number[];
  readonly ece: Record<string, number>;
  readonly temperature: number;
  readonly averagePrecision: ByAverage;
  readonly rocAuc?: ByAverage;
}

export interface BinaryCase {
  readonly name: string;
  readonly yTrue: number[];
  readonly yScore: number[];
  readonly yPred: number[];
  readonly roc: metrics.RocCurve;
  readonly rocEvery: metrics.RocCurve;
  readonly rocOther: metrics.RocCurve;
  readonly precisionRecall: metrics.PrecisionRecallCurve;
  readonly auc: number;
  readonly rocAuc: number;
  readonly averagePrecision: number;
  readonly calibration: { probTrue: number[]; probPred: number[] };
  readonly scores: ScoreCase[];
  readonly bootstrap: metrics.ConfidenceInterval;
}

export interface SeveralCase {
  readonly name: string;
  readonly yTrue: number[][];
  readonly yPred: number[][];
  readonly yScore: number[][];
  readonly logits: number[][];
  readonly accuracy: number;
  readonly scores: ScoreCase[];
  readonly rocAuc: ByAverage;
  readonly ranked: number[];
  readonly rocAucOfSamples: number;
  readonly averagePrecision: ByAverage;
  readonly bestF1: number[];
  readonly temperature: number;
  readonly logLoss: number;
  readonly ece: number;
}

export interface Golden {
  readonly classes: ClassesCase[];
  readonly binary: BinaryCase[];
  readonly several: SeveralCase[];
  readonly nothing: { yTrue: number[]; yPred: number[]; scores: ScoreCase[] }[];
}

const file = new URL("../golden/metrics.json", import.meta.url);
export const golden: Golden = JSON.parse(readFileSync(file, "utf8")).cases;

type Nested = number | readonly Nested[];

/** As numbers or lists of them, however deep, to 1e-9 unless told otherwise. */
export function expectNumbers(found: unknown, wanted: Nested, within = 1e-9, where = ""): void {
  if (typeof wanted === "number") {
    const message = `${where}: ${found} in place of ${wanted}`;
    expect(Math.abs(Number(found) - wanted), message).toBeLessThanOrEqual(within);
    return;
  }
  const list = found as ArrayLike<unknown>;
  expect(list.length, `${where}: length`).toBe(wanted.length);
  wanted.forEach((each, i) => {
    expectNumbers(list[i], each, within, `${where}[${i}]`);
  });
}
