import { describe, expect, it } from "vitest";
import { metrics } from "../../src/index.ts";
import { expectNumbers, golden } from "./golden.ts";

const AVERAGES = { macro: "macro", weighted: "weighted", micro: "micro", None: null } as const;

function expectRoc(found: metrics.RocCurve, { fpr, tpr, thresholds }: metrics.RocCurve): void {
  expectNumbers([found.fpr, found.tpr, found.thresholds], [fpr, tpr, thresholds]);
}

describe.each(golden.binary)("$name", (given) => {
  const { yTrue, yScore } = given;

  it("have scikit-learn's ROC curve, with the area below it", () => {
    const curve = metrics.rocCurve(yTrue, yScore);
    expectRoc(curve, given.roc);
    expectRoc(metrics.rocCurve(yTrue, yScore, { dropIntermediate: false }), given.rocEvery);
    expectRoc(metrics.rocCurve(yTrue, yScore, { posLabel: 0 }), given.rocOther);
    expectNumbers(metrics.auc(curve.fpr, curve.tpr), given.auc);
    expectNumbers(metrics.rocAucScore(yTrue, yScore), given.rocAuc);
    const rows = yScore.map((p) => [1 - p, p]);
    expectNumbers(metrics.rocAucScore(yTrue, rows), given.rocAuc);
  });

  it("have its precision-recall curve, with the average precision", () => {
    const { precision, recall, thresholds } = metrics.precisionRecallCurve(yTrue, yScore);
    const wanted = given.precisionRecall;
    expectNumbers(
      [precision, recall, thresholds],
      [wanted.precision, wanted.recall, wanted.thresholds],
    );
    expectNumbers(metrics.averagePrecisionScore(yTrue, yScore), given.averagePrecision);
  });
});

describe.each(golden.classes)("$name", ({ yTrue, probabilities, averagePrecision, rocAuc }) => {
  it("has scikit-learn's areas, each class against the rest", () => {
    for (const [key, average] of Object.entries(AVERAGES)) {
      const found = metrics.averagePrecisionScore(yTrue, probabilities, { average });
      expectNumbers(found, averagePrecision[key]!, 1e-9, key);
      if (rocAuc)
        expectNumbers(metrics.rocAucScore(yTrue, probabilities, { average }), rocAuc[key]!);
    }
    if (rocAuc) return;
    expect(() => metrics.rocAucScore(yTrue, probabilities)).toThrow(
      /class 3 has no positive examples/,
    );
  });
});

describe.each(golden.several)("$name", (given) => {
  const { yTrue, yScore } = given;

  it("have scikit-learn's areas", () => {
    for (const [key, average] of Object.entries(AVERAGES)) {
      expectNumbers(metrics.rocAucScore(yTrue, yScore, { average }), given.rocAuc[key]!);
      const found = metrics.averagePrecisionScore(yTrue, yScore, { average });
      expectNumbers(found, given.averagePrecision[key]!);
    }
    const pick = (rows: number[][]) => given.ranked.map((row) => rows[row]!);
    const ofSamples = metrics.rocAucScore(pick(yTrue), pick(yScore), { average: "samples" });
    expectNumbers(ofSamples, given.rocAucOfSamples);
    const precision = metrics.averagePrecisionScore(yTrue, yScore, { average: "samples" });
    expectNumbers(precision, given.averagePrecision.samples!);
  });

  it("have thresholds that give each label's best F1", () => {
    const thresholds = metrics.chooseThresholds(yTrue, yScore);
    const answers = metrics.applyThresholds(yScore, thresholds);
    expectNumbers(metrics.f1Score(yTrue, answers, { average: null }), given.bestF1);
    expect(metrics.f1Score(yTrue, answers, { average: "macro" })).toBeGreaterThan(
      metrics.f1Score(yTrue, given.yPred, { average: "macro" }),
    );
    const recalls = (beta: number) => {
      const chosen = metrics.chooseThresholds(yTrue, yScore, { beta });
      return metrics.recallScore(yTrue, metrics.applyThresholds(yScore, chosen), {
        average: "micro",
      });
    };
    expect(recalls(4)).toBeGreaterThan(recalls(0.25));
  });

  it("keep 0.5 for a label that no example has", () => {
    const without = yTrue.map(([a]) => [a!, 0]);
    const scores = yScore.map(([a, b]) => [a!, b!]);
    expect(metrics.chooseThresholds(without, scores)[1]).toBe(0.5);
  });
});

describe("curves that say nothing", () => {
  it("are NaN where there is nothing to divide by, as in scikit-learn", () => {
    const { fpr, tpr } = metrics.rocCurve([1, 1], [0.2, 0.7]);
    expect([fpr.every(Number.isNaN), tpr]).toEqual([true, [0, 0.5, 1]]);
    expect(metrics.precisionRecallCurve([0, 0], [0.2, 0.7]).recall).toEqual([1, 1, 0]);
  });

  it("are refused with what is wrong", () => {
    expect(() => metrics.auc([0, 1, 0.5], [0, 1, 1])).toThrow(/x must rise or fall/);
    expect(() => metrics.auc([0], [0])).toThrow(/at least two points/);
    expect(() => metrics.rocCurve([0, 1], [Number.NaN, 1])).toThrow(/score 0 is NaN/);
    expect(() => metrics.rocAucScore([[1, 0]], [0.5])).toThrow(/a row of scores each/);
    expect(() => metrics.rocAucScore([[1, 0]], [[0.5]])).toThrow(/yTrue has 2 labels, yScore 1/);
  });
});
