import { describe, expect, it } from "vitest";
import { metrics } from "../../src/index.ts";
import { expectNumbers, golden, type ScoreCase } from "./golden.ts";

type Given = metrics.Values | metrics.Rows;

function expectScores(yTrue: Given, yPred: Given, cases: readonly ScoreCase[]): void {
  for (const { options, beta, precision, recall, fscore } of cases) {
    const where = JSON.stringify(options);
    expectNumbers(metrics.precisionScore(yTrue, yPred, options), precision, 1e-12, where);
    expectNumbers(metrics.recallScore(yTrue, yPred, options), recall, 1e-12, where);
    expectNumbers(metrics.fbetaScore(yTrue, yPred, { ...options, beta }), fscore, 1e-12, where);
    if (beta === 1) expectNumbers(metrics.f1Score(yTrue, yPred, options), fscore, 1e-12, where);
  }
}

describe.each(golden.classes)("$name", (given) => {
  const { yTrue, yPred, probabilities } = given;

  it("has scikit-learn's precision, recall and F scores", () => {
    expect(given.scores.length).toBeGreaterThan(30);
    expectScores(yTrue, yPred, given.scores);
    const all = metrics.precisionRecallFscoreSupport(yTrue, yPred);
    expectNumbers(all.support, given.support);
    const { precision, recall, fscore } = given.scores.find(
      ({ options, beta }) => options.average === null && options.zeroDivision === 0 && beta === 1,
    )!;
    expectNumbers([all.precision, all.recall, all.fscore], [
      precision,
      recall,
      fscore,
    ] as number[][]);
  });

  it("has its accuracies, confusion matrices and log loss", () => {
    expectNumbers(metrics.accuracyScore(yTrue, yPred), given.accuracy);
    expectNumbers(metrics.balancedAccuracyScore(yTrue, yPred), given.balanced);
    expectNumbers(metrics.logLoss(yTrue, probabilities), given.logLoss);
    expectNumbers(metrics.confusionMatrix(yTrue, yPred), given.confusion.None!);
    for (const normalize of ["true", "pred", "all"] as const)
      expectNumbers(
        metrics.confusionMatrix(yTrue, yPred, { normalize }),
        given.confusion[normalize]!,
      );
    const labels = [2, 0, probabilities[0]!.length];
    expectNumbers(metrics.confusionMatrix(yTrue, yPred, { labels }), given.confusionOfThree);
    for (const [i, wanted] of given.topK.entries())
      expectNumbers(metrics.topKAccuracyScore(yTrue, given.rounded, { k: i + 1 }), wanted);
  });
});

describe.each(golden.binary)("$name", ({ yTrue, yPred, scores }) => {
  it("have scikit-learn's precision, recall and F scores", () => {
    expectScores(yTrue, yPred, scores);
  });
});

describe.each(golden.several)("$name", ({ yTrue, yPred, scores, accuracy }) => {
  it("have scikit-learn's precision, recall and F scores", () => {
    expectScores(yTrue, yPred, scores);
    expectNumbers(metrics.accuracyScore(yTrue, yPred), accuracy);
  });
});

describe("a share of nothing", () => {
  it.each(golden.nothing)("is what scikit-learn makes of it: $yTrue, $yPred", (given) => {
    expectScores(given.yTrue, given.yPred, given.scores);
  });
});

describe("what can't be counted", () => {
  it("is refused with what is wrong", () => {
    const { f1Score, confusionMatrix, topKAccuracyScore } = metrics;
    expect(() => f1Score([0, 1, 2], [0, 1, 1])).toThrow(/3 classes need an average: "macro"/);
    expect(() => f1Score([[0, 1]], [[1, 1]])).toThrow(/several labels need an average/);
    expect(() => f1Score([0, 1], [[1, 1]])).toThrow(/has 2 entries, yPred 1/);
    expect(() => f1Score([0], [[1, 1]], { average: "macro" })).toThrow(/both rows of 0\/1/);
    expect(() => f1Score([0, 1], [0, 1], { average: "samples" })).toThrow(/for several labels/);
    expect(() => confusionMatrix([], [])).toThrow(/yTrue is empty/);
    expect(() => topKAccuracyScore([3], [[0.2, 0.8]])).toThrow(
      /example 0 is of class 3, of which yScore \(2 columns\)/,
    );
    expect(() => topKAccuracyScore([1], [[0.2, 0.8]], { k: 0 })).toThrow(
      /k must be a whole number/,
    );
    expect(() => topKAccuracyScore([1, 0], [[0.2, 0.8], [1]])).toThrow(
      /2 entries in its first row, 1 in row 1/,
    );
  });
});
