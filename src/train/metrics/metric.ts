import type { TargetKind } from "../../nn/index.ts";
import type { CountedTargets } from "../loss/targets.ts";

/** A batch as metrics see it, on the host. Examples whose label is ignored are left out. */
export interface MetricBatch {
  /** What targets are: one class an example, a yes or no for each label, or values. */
  readonly kind: TargetKind;
  /** How many examples these are. */
  readonly count: number;
  /** "classes": each example's class, [count]. Else numbers for each output, [count × width]. */
  readonly targets: Int32Array | Float32Array;
  /** "classes": the class with the highest output, [count]. "labels": 1 for each output above 0, [count × width]. Else empty. */
  readonly predictions: ArrayLike<number>;
  /** The model's outputs, one example after the other, [count × width]. Empty for metrics that read predictions alone. */
  readonly outputs: Float32Array;
  /** Outputs an example. 0 where they weren't read. */
  readonly width: number;
}

/**
 * A figure that is counted batch by batch. Its state is plain data of its own (numbers, arrays, objects), so that one
 * metric serves steps, epochs and several evaluations at once, and what an interrupted epoch has counted goes into
 * checkpoints.
 *
 * @example
 * const margin: Metric<{ sum: number; count: number }> = {
 *   name: "margin",
 *   reset: () => ({ sum: 0, count: 0 }),
 *   update(state, { outputs, width, targets, count }) {
 *     state.count += count;
 *     for (let i = 0; i < count; i++) state.sum += outputs[i * width + targets[i]];
 *   },
 *   compute: ({ sum, count }) => sum / count,
 * };
 * new Trainer({ model, optimizer, metrics: ["accuracy", margin] });
 */
export interface Metric<State = unknown> {
  /** What its results are found under. */
  readonly name: string;
  /** What `update` reads. "predictions" leaves outputs on the GPU. Default "outputs". */
  readonly reads?: "outputs" | "predictions";
  /** The state before the first batch. */
  reset(): State;
  /** Takes a batch into the state. */
  update(state: State, batch: MetricBatch): void;
  /** The figure for what the state has taken in; NaN for nothing. */
  compute(state: State): number;
}

/** The states of several metrics, by name. */
export type MetricStates = Record<string, unknown>;

/** The batch that metrics are given for some targets and what was read back for the whole batch of `size` examples. */
export function metricBatch(
  { kind, rows, targets }: CountedTargets,
  size: number,
  predictions: ArrayLike<number>,
  outputs: Float32Array,
): MetricBatch {
  const width = outputs.length / size;
  const all = rows.length === size;
  return {
    kind,
    count: rows.length,
    targets,
    predictions: all ? predictions : pick(predictions, rows, predictions.length / size),
    outputs: all ? outputs : Float32Array.from(pick(outputs, rows, width)),
    width,
  };
}

function pick(values: ArrayLike<number>, rows: readonly number[], width: number): number[] {
  return rows.flatMap((row) => Array.from({ length: width }, (_, i) => values[row * width + i]!));
}

/** Takes a batch into the states, making those that aren't there yet. */
export function updateMetrics(
  metrics: readonly Metric[],
  states: MetricStates,
  batch: MetricBatch,
): void {
  for (const metric of metrics) {
    states[metric.name] ??= metric.reset();
    metric.update(states[metric.name], batch);
  }
}

/** Each metric's figure, by name. */
export function computeMetrics(
  metrics: readonly Metric[],
  states: MetricStates,
): Record<string, number> {
  return Object.fromEntries(
    metrics.map((metric) => [metric.name, metric.compute(states[metric.name] ?? metric.reset())]),
  );
}
