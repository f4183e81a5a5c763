import type { MetricBatch } from "./metric.ts";

/** How examples of one class were judged; shares of one. */
export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  count: number;
}

/** How examples of each class, or of each label, were judged. */
export interface Scores {
  /** Rows are true classes, columns predicted ones. Empty where several labels can be right, and for over 2,000 classes. */
  readonly confusionMatrix: number[][];
  readonly classes: readonly string[];
  readonly perClass: ClassScores[];
}

/** A matrix of more classes than that is nothing to look at, and takes hundreds of megabytes. */
const MOST_IN_MATRIX = 2000;

interface Counts {
  /** Examples of the class that were predicted to be of it. */
  hits: number;
  /** Examples of the class. */
  count: number;
  /** Examples that were predicted to be of the class. */
  predicted: number;
}

/** Counts predictions against targets, class by class or label by label. */
export class ScoreCounter {
  readonly #counts: Counts[] = [];
  /** By true and predicted class: only pairs that occur. */
  readonly #pairs = new Map<number, Map<number, number>>();
  #several = false;

  add({ kind, predictions, targets, count }: MetricBatch): void {
    if (predictions.length === 0) return;
    this.#several = kind === "labels";
    if (this.#several) this.#addLabels(predictions, targets, predictions.length / count);
    else this.#addClasses(predictions, targets);
  }

  #addClasses(predictions: ArrayLike<number>, targets: ArrayLike<number>): void {
    for (let i = 0; i < predictions.length; i++) {
      const [right, predicted] = [targets[i]!, predictions[i]!];
      if (right < 0) continue; // no class, to a loss that says nothing of its targets
      this.#countsOf(right).count++;
      this.#countsOf(predicted).predicted++;
      if (right === predicted) this.#countsOf(right).hits++;
      const row = this.#pairs.get(right) ?? new Map<number, number>();
      this.#pairs.set(right, row.set(predicted, (row.get(predicted) ?? 0) + 1));
    }
  }

  /** Targets are shares from 0 to 1, predictions ones and zeros. */
  #addLabels(predictions: ArrayLike<number>, targets: ArrayLike<number>, width: number): void {
    for (let i = 0; i < predictions.length; i++) {
      const counts = this.#countsOf(i % width);
      const [right, predicted] = [Math.round(targets[i]!), predictions[i]!];
      counts.count += right;
      counts.predicted += predicted;
      counts.hits += right * predicted;
    }
  }

  #countsOf(label: number): Counts {
    while (this.#counts.length <= label) this.#counts.push({ hits: 0, count: 0, predicted: 0 });
    return this.#counts[label]!;
  }

  /** @param names of the classes, as far as they are known. */
  scores(names: readonly string[]): Scores {
    if (names.length > 0 && !this.#several) this.#countsOf(names.length - 1);
    const total = this.#counts.length;
    return {
      confusionMatrix: this.#several || total > MOST_IN_MATRIX ? [] : this.#matrix(total),
      classes: this.#counts.map((_, i) => names[i] ?? String(i)),
      perClass: this.#counts.map(scoresOf),
    };
  }

  #matrix(total: number): number[][] {
    return Array.from({ length: total }, (_, right) => {
      const row = new Array<number>(total).fill(0);
      for (const [predicted, n] of this.#pairs.get(right) ?? []) row[predicted] = n;
      return row;
    });
  }
}

function scoresOf({ hits, count, predicted }: Counts): ClassScores {
  const precision = predicted > 0 ? hits / predicted : 0;
  const recall = count > 0 ? hits / count : 0;
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return { precision, recall, f1, count };
}
