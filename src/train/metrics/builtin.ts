import type { Metric } from "./metric.ts";

interface Share {
  right: number;
  total: number;
}

/** Share of examples classified right; where several labels can be right, of all labels. */
export const accuracy: Metric<Share> = {
  name: "accuracy",
  reads: "predictions",
  reset: () => ({ right: 0, total: 0 }),
  update(state, { predictions, targets }) {
    state.total += predictions.length;
    for (let i = 0; i < predictions.length; i++)
      if (Math.round(targets[i]!) === predictions[i]) state.right++;
  },
  compute: ({ right, total }) => right / total,
};

/** Mean of the classes' recalls: accuracy that doesn't favour large classes. */
export const balancedAccuracy: Metric<Record<number, Share>> = {
  name: "balancedAccuracy",
  reads: "predictions",
  reset: () => ({}),
  update(state, { kind, predictions, targets, count }) {
    const width = predictions.length / count;
    for (let i = 0; i < predictions.length; i++) {
      if (kind === "labels" && targets[i]! < 0.5) continue;
      const label = kind === "labels" ? i % width : targets[i]!;
      state[label] ??= { right: 0, total: 0 };
      state[label].total++;
      if (predictions[i] === (kind === "labels" ? 1 : label)) state[label].right++;
    }
  },
  compute(state) {
    const recalls = Object.values(state).map(({ right, total }) => right / total);
    return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  },
};

/** Share of examples whose class is among the `k` with the highest outputs. */
export function topKAccuracy(k = 5, name = "topKAccuracy"): Metric<Share> {
  if (!Number.isInteger(k) || k < 1)
    throw new Error(`topKAccuracy: k must be a whole number of at least 1, not ${k}`);
  return {
    name,
    reset: () => ({ right: 0, total: 0 }),
    update(state, { kind, outputs, width, targets, count }) {
      if (kind !== "classes") return;
      state.total += count;
      for (let i = 0; i < count; i++) {
        const row = outputs.subarray(i * width, (i + 1) * width);
        if (rankOf(row, targets[i]!) < k) state.right++;
      }
    },
    compute: ({ right, total }) => right / total,
  };
}

/** How many outputs come before that of a class; of equal ones the first. */
function rankOf(outputs: Float32Array, label: number): number {
  const own = outputs[label]!;
  return outputs.reduce(
    (rank, value, i) => rank + (value > own || (value === own && i < label) ? 1 : 0),
    0,
  );
}

/** The metrics that have a name. */
const named = () => [accuracy, balancedAccuracy, topKAccuracy()];

/** Metrics that `Trainer` and `evaluate` know by name. */
export type MetricName = "accuracy" | "balancedAccuracy" | "topKAccuracy";

/** The metrics that a user's list means. @throws Error for an unknown name, TypeError for what is no metric. */
export function metricsOf(
  where: string,
  given: MetricName | Metric | readonly (MetricName | Metric)[] = "accuracy",
): readonly Metric[] {
  const found = [given].flat().map((item) => metricOf(where, item));
  const names = found.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new Error(`${where}: two metrics have the name ${twice}`);
  return found;
}

function metricOf(where: string, given: MetricName | Metric): Metric {
  if (typeof given === "string") {
    const metric = named().find(({ name }) => name === given);
    if (metric) return metric;
    const known = named().map(({ name }) => name);
    throw new Error(`${where}: unknown metric ${given}; known: ${known.join(", ")}`);
  }
  const missing = (["reset", "update", "compute"] as const).find(
    (method) => typeof Object(given)[method] !== "function",
  );
  if (missing === undefined && typeof given.name === "string") return given;
  throw new TypeError(
    `${where}: a metric is a name, or an object with name, reset, update and compute; ${missing ?? "name"} is missing`,
  );
}
