import { describe, expect, it } from "vitest";
import { metrics } from "../../src/index.ts";
import { expectNumbers, golden } from "./golden.ts";

describe.each(golden.classes)("$name", ({ yTrue, logits, probabilities, ece, temperature }) => {
  it("has the paper's calibration error", () => {
    expectNumbers(metrics.softmax(logits), probabilities);
    for (const [bins, wanted] of Object.entries(ece)) {
      const options = { bins: Number(bins) };
      expectNumbers(metrics.expectedCalibrationError(yTrue, probabilities, options), wanted);
      const diagram = metrics.reliabilityDiagram(yTrue, probabilities, options);
      expect(diagram.length).toBe(options.bins);
      expect(diagram.reduce((total, { count }) => total + count, 0)).toBe(yTrue.length);
    }
    const standard = metrics.expectedCalibrationError(yTrue, probabilities);
    expectNumbers(standard, ece[15]!);
  });

  it("has the temperature that SciPy finds, which makes it likelier", () => {
    const found = metrics.fitTemperature(yTrue, logits);
    expectNumbers(found, temperature, 1e-5 * temperature);
    const after = metrics.softmax(logits, { temperature: found });
    expect(metrics.logLoss(yTrue, after)).toBeLessThan(metrics.logLoss(yTrue, probabilities));
  });
});

describe("a network that is too sure of itself", () => {
  it("is less so with its temperature", () => {
    const { yTrue, logits, probabilities } = golden.classes.find(
      ({ name }) => name === "too sure",
    )!;
    const temperature = metrics.fitTemperature(yTrue, logits);
    expect(temperature).toBeGreaterThan(1.5);
    const error = (rows: metrics.Rows) => metrics.expectedCalibrationError(yTrue, rows);
    expect(error(metrics.softmax(logits, { temperature }))).toBeLessThan(
      0.7 * error(probabilities),
    );
  });

  it("has no best temperature where all or nothing is right: the end of the range", () => {
    expect(
      metrics.fitTemperature(
        [0, 1],
        [
          [2, 1],
          [1, 2],
        ],
      ),
    ).toBe(0.01);
    expect(
      metrics.fitTemperature(
        [1, 0],
        [
          [2, 1],
          [1, 2],
        ],
      ),
    ).toBe(100);
  });
});

describe.each(golden.several)("$name", ({ yTrue, yScore, logits, temperature, logLoss, ece }) => {
  it("have calibration error, log loss and temperature of their yes and no", () => {
    expectNumbers(metrics.logLoss(yTrue, yScore), logLoss);
    expectNumbers(metrics.expectedCalibrationError(yTrue, yScore, { bins: 10 }), ece);
    expectNumbers(metrics.fitTemperature(yTrue, logits), temperature, 1e-5 * temperature);
  });
});

describe.each(golden.binary)("$name", ({ yTrue, yScore, yPred, calibration, bootstrap }) => {
  it("have scikit-learn's calibration curve", () => {
    const { probTrue, probPred } = metrics.calibrationCurve(yTrue, yScore, { nBins: 6 });
    expectNumbers([probTrue, probPred], [calibration.probTrue, calibration.probPred]);
    expect(() => metrics.calibrationCurve([0], [1.5])).toThrow(/yProb 0 is 1.5/);
  });

  it("have SciPy's bootstrap interval, but for what the draws differ", () => {
    const f1 = (a: number[], b: number[]) => metrics.f1Score(a, b);
    const found = metrics.bootstrap([yTrue, yPred], f1, { resamples: 20_000 });
    expectNumbers(found.low, bootstrap.low, 0.01);
    expectNumbers(found.high, bootstrap.high, 0.01);
    expectNumbers(found.standardError, bootstrap.standardError, 0.003);
  });
});

describe("bootstrap", () => {
  const values = Array.from({ length: 50 }, (_, i) => i);
  const mean = (drawn: number[]) => drawn.reduce((a, b) => a + b, 0) / drawn.length;

  it("gives the same interval for the same seed, and another for another", () => {
    const of = (seed: number) => metrics.bootstrap([values], mean, { seed, resamples: 200 });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("knows a mean's standard error, and that surer intervals are wider", () => {
    const narrow = metrics.bootstrap([values], mean, { confidenceLevel: 0.5, resamples: 4000 });
    const wide = metrics.bootstrap([values], mean, { confidenceLevel: 0.99, resamples: 4000 });
    expect(narrow.standardError).toBeCloseTo(Math.sqrt((50 ** 2 - 1) / 12 / 50), 0);
    expect(wide.high - wide.low).toBeGreaterThan(2 * (narrow.high - narrow.low));
    expect(24.5).toBeGreaterThan(wide.low);
    expect(24.5).toBeLessThan(wide.high);
  });

  it("takes several figures at once, and leaves out draws without one", () => {
    const both = metrics.bootstrap([values], (drawn) => [mean(drawn), 2 * mean(drawn)], {
      resamples: 99,
    });
    expect(both[1]!.low).toBeCloseTo(2 * both[0]!.low, 9);
    const sometimes = metrics.bootstrap([values], (drawn) => (drawn[0]! > 25 ? 7 : Number.NaN));
    expect(sometimes).toEqual({ low: 7, high: 7, standardError: 0 });
  });

  it("refuses lists of different lengths", () => {
    expect(() => metrics.bootstrap([[1, 2], [1]], () => 0)).toThrow(
      /list 0 has 2 entries, list 1 1/,
    );
    expect(() => metrics.bootstrap([[1]], () => 0, { confidenceLevel: 95 })).toThrow(
      /between 0 and 1/,
    );
  });
});
