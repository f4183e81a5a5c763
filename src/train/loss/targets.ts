import type { LoadedBatch } from "../../data/index.ts";
import type { Loss, TargetKind } from "../../nn/index.ts";

/** What of a batch's targets counts, on the host. */
export interface CountedTargets {
  readonly kind: TargetKind;
  /** Which examples of the batch count, by their place in it: all but those whose label is ignored. */
  readonly rows: readonly number[];
  /** Of these, one after the other. Classes: i32, one an example (of probabilities the most probable). */
  readonly targets: Int32Array | Float32Array;
  /** What the mean over the batch divides by, but for a factor that is the same for every batch. */
  readonly weight: number;
}

/** Reads targets as a loss takes them. */
export class TargetReader {
  readonly #loss: Loss;
  #classWeights: ArrayLike<number> | null = null;

  constructor(loss: Loss) {
    this.#loss = loss;
  }

  /** Brings class weights to the host: comes before `read`. */
  async prepare(): Promise<void> {
    this.#classWeights = (await this.#loss.classWeights?.data()) ?? null;
  }

  read({ targets, indices }: LoadedBatch): CountedTargets {
    const kind = this.#loss.targets ?? (targets instanceof Int32Array ? "classes" : "labels");
    const rows = [...indices.keys()];
    if (kind !== "classes") return { kind, rows, targets, weight: rows.length };
    if (targets instanceof Float32Array)
      return { kind, rows, targets: mostProbable(targets, rows.length), weight: rows.length };
    const counted = rows.filter((i) => targets[i] !== this.#loss.ignoreIndex);
    const classes = Int32Array.from(counted, (i) => targets[i]!);
    const weights = this.#classWeights;
    const weight = weights ? sum(classes, (label) => weights[label] ?? 0) : counted.length;
    return { kind, rows: counted, targets: classes, weight };
  }
}

function mostProbable(probabilities: Float32Array, count: number): Int32Array {
  const width = probabilities.length / count;
  return Int32Array.from({ length: count }, (_, i) => {
    const row = probabilities.subarray(i * width, (i + 1) * width);
    return row.indexOf(row.reduce((most, share) => Math.max(most, share), 0));
  });
}

function sum(values: Int32Array, of: (value: number) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

/** The loss over several batches, as if they had been one: of their losses and what each mean divides by. */
export function joinLosses(
  { reduction }: Loss,
  parts: readonly { loss: number; weight: number }[],
): number {
  if (reduction === "sum") return parts.reduce((total, { loss }) => total + loss, 0);
  const counted = parts.filter(({ weight }) => weight > 0); // the mean over nothing is NaN
  const whole = counted.reduce((total, { weight }) => total + weight, 0);
  return counted.reduce((total, { loss, weight }) => total + loss * weight, 0) / whole;
}
