import { checkOptions } from "../base/index.ts";
import { checkLengths, isRows, mean, type Rows, type Values } from "./inputs.ts";

/** Probabilities of each row of outputs (logits), divided by a temperature before. @param options.temperature default 1. */
export function softmax(
  logits: Rows,
  options: { readonly temperature?: number } = {},
): Float64Array[] {
  checkOptions("softmax", options, ["temperature"]);
  const { temperature = 1 } = options;
  return logits.map((row) => softmaxOf(Float64Array.from(row, (logit) => logit / temperature)));
}

function softmaxOf(logits: Float64Array): Float64Array {
  const most = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - most));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** The temperatures that are considered. */
const [COLDEST, HOTTEST] = [1e-2, 1e2];

/**
 * The temperature that calibrates a network best (temperature scaling: C. Guo et al., "On Calibration of Modern Neural Networks", ICML
 * 2017): its outputs divided by it give the right classes of a validation set the highest likelihood. What is predicted doesn't
 * change, only how surely. Above 1 the network was too sure of itself.
 *
 * @param yTrue class numbers; or rows of 0 and 1 for several labels, whose probabilities are sigmoids.
 * @param logits what the model gave for each example, before softmax or sigmoid: `outputs` of predictions.
 * @returns between 0.01 and 100; the end of that range where the likelihood grows towards it (all right: the colder the better).
 */
export function fitTemperature(yTrue: Values | Rows, logits: Rows): number {
  checkLengths("fitTemperature", { yTrue, logits });
  const slope = (inverse: number) =>
    isRows(yTrue) ? sigmoidSlope(yTrue, logits, inverse) : softmaxSlope(yTrue, logits, inverse);
  // The loss is convex in the inverse temperature, so its slope changes sign once: bisection can't miss it.
  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  if (slope(low) >= 0) return HOTTEST;
  if (slope(high) <= 0) return COLDEST;
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/** Of the mean cross-entropy along the inverse temperature: what the outputs are on average, less the right one. */
function softmaxSlope(yTrue: Values, logits: Rows, inverse: number): number {
  const found = softmax(logits, { temperature: 1 / inverse });
  return mean(
    logits.map((row, i) => {
      const expected = found[i]!.reduce((total, p, c) => total + p * row[c]!, 0);
      return expected - row[yTrue[i]!]!;
    }),
  );
}

function sigmoidSlope(yTrue: Rows, logits: Rows, inverse: number): number {
  return mean(
    logits.map((row, i) =>
      mean(Array.from(row, (z, c) => z * (1 / (1 + Math.exp(-z * inverse)) - yTrue[i]![c]!))),
    ),
  );
}
