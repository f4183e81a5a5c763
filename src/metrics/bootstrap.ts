import { checkOptions } from "../base/index.ts";
import { Random } from "../data/index.ts";
import { checkLengths } from "./inputs.ts";

export interface BootstrapOptions {
  /** How often examples are drawn anew. Default 1000. */
  readonly resamples?: number;
  /** Share of the figures that lie inside the interval. Default 0.95. */
  readonly confidenceLevel?: number;
  /** Default 0. The same seed gives the same interval. */
  readonly seed?: number;
}

/** Where a figure would lie, had other examples of the same kind been drawn. */
export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
  /** Standard deviation of the figure over the draws. */
  readonly standardError: number;
}

/** Something with one entry an example. */
type Sample = ArrayLike<unknown>;
type Drawn<S extends readonly Sample[]> = { [I in keyof S]: S[I][number][] };

/**
 * Confidence interval of a figure by bootstrap (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7,
 * 1979; the percentile method): as many examples as there are, drawn from them with replacement, again and again.
 *
 * @param data lists with one entry an example, which are drawn alike.
 * @param statistic the figure, or several, of lists that were drawn. Draws that give NaN are left out.
 * @example
 * metrics.bootstrap([yTrue, yPred], (t, p) => metrics.f1Score(t, p, { average: "macro" })); // { low: 0.81, high: 0.88, … }
 */
export function bootstrap<const S extends readonly Sample[], R extends number | readonly number[]>(
  data: S,
  statistic: (...drawn: Drawn<S>) => R,
  options: BootstrapOptions = {},
): R extends number ? ConfidenceInterval : ConfidenceInterval[] {
  checkOptions("bootstrap", options, ["resamples", "confidenceLevel", "seed"]);
  checkLengths("bootstrap", Object.fromEntries(data.map((list, i) => [`list ${i}`, list])));
  const { resamples = 1000, confidenceLevel = 0.95, seed = 0 } = options;
  if (!(confidenceLevel > 0 && confidenceLevel < 1))
    throw new RangeError(
      `bootstrap: confidenceLevel must lie between 0 and 1, not ${confidenceLevel}`,
    );
  const random = new Random(seed);
  const { length } = data[0]!;
  const draws = Array.from({ length: resamples }, () => {
    const rows = Int32Array.from({ length }, () => random.int(length));
    return statistic(...(data.map((list) => Array.from(rows, (row) => list[row])) as Drawn<S>));
  });
  const interval = (values: readonly number[]) => intervalOf(values, confidenceLevel);
  const [first] = draws;
  const found = Array.isArray(first)
    ? first.map((_, i) => interval(draws.map((draw) => (draw as readonly number[])[i]!)))
    : interval(draws as number[]);
  return found as R extends number ? ConfidenceInterval : ConfidenceInterval[];
}

function intervalOf(values: readonly number[], level: number): ConfidenceInterval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const mean = sorted.reduce((total, value) => total + value, 0) / sorted.length;
  const squares = sorted.reduce((total, value) => total + (value - mean) ** 2, 0);
  return {
    low: percentile(sorted, (1 - level) / 2),
    high: percentile(sorted, (1 + level) / 2),
    standardError: Math.sqrt(squares / (sorted.length - 1)),
  };
}

/** Between two values by the straight line, as NumPy has it. NaN for none. */
function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
