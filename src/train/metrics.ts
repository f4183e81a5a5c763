/** Results on a dataset. Matrix rows are true classes, columns predicted ones. */
export interface Evaluation {
  /** Mean loss over examples. */
  loss: number;
  /** Share of examples classified right; where several labels can be right, of all labels. */
  accuracy: number;
  count: number;
  /** Empty where several labels can be right. */
  confusionMatrix: number[][];
  classes: readonly string[];
  perClass: ClassScores[];
  /** Mean of the classes' recalls: accuracy that doesn't favour large classes. */
  balancedAccuracy: number;
}

export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  count: number;
}

/** Counts predictions against targets. */
export class ConfusionCounter {
  readonly matrix: number[][];

  constructor(readonly numClasses: number) {
    this.matrix = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  }

  add(targets: ArrayLike<number>, predictions: ArrayLike<number>): void {
    for (let i = 0; i < targets.length; i++) {
      const row = this.matrix[targets[i]!];
      if (row && predictions[i]! < this.numClasses) row[predictions[i]!]!++;
    }
  }

  evaluation(loss: number, classes: readonly string[]): Evaluation {
    const { matrix } = this;
    const count = matrix.flat().reduce((sum, n) => sum + n, 0);
    const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    const perClass = matrix.map((_, i) => classScores(matrix, i));
    return {
      loss,
      accuracy: count > 0 ? right / count : 0,
      count,
      confusionMatrix: matrix,
      classes: matrix.map((_, i) => classes[i] ?? String(i)),
      perClass,
      balancedAccuracy: meanRecall(perClass),
    };
  }
}

/** Counts yes-or-no predictions, one a label, where several labels can be right. */
export class LabelCounter {
  /** By label: predicted rightly, right, predicted. */
  readonly #counts: { hits: number; count: number; predicted: number }[];
  #agreeing = 0;

  constructor(labels: number) {
    this.#counts = Array.from({ length: labels }, () => ({ hits: 0, count: 0, predicted: 0 }));
  }

  /** Targets are shares from 0 to 1, predictions ones and zeros, both [examples, labels]. */
  add(targets: ArrayLike<number>, predictions: ArrayLike<number>): void {
    for (let i = 0; i < predictions.length; i++) {
      const counts = this.#counts[i % this.#counts.length]!;
      const [right, predicted] = [Math.round(targets[i]!), predictions[i]!];
      counts.count += right;
      counts.predicted += predicted;
      counts.hits += right * predicted;
      this.#agreeing += right === predicted ? 1 : 0;
    }
  }

  evaluation(loss: number, count: number, classes: readonly string[]): Evaluation {
    const perClass = this.#counts.map(({ hits, count, predicted }) =>
      scoresOf(hits, count, predicted),
    );
    return {
      loss,
      accuracy: this.#agreeing / (count * perClass.length),
      count,
      confusionMatrix: [],
      classes: perClass.map((_, i) => classes[i] ?? String(i)),
      perClass,
      balancedAccuracy: meanRecall(perClass),
    };
  }
}

function meanRecall(perClass: readonly ClassScores[]): number {
  const present = perClass.filter((scores) => scores.count > 0);
  return present.reduce((sum, { recall }) => sum + recall, 0) / Math.max(1, present.length);
}

function classScores(matrix: readonly (readonly number[])[], i: number): ClassScores {
  const count = matrix[i]!.reduce((sum, n) => sum + n, 0);
  const predicted = matrix.reduce((sum, row) => sum + row[i]!, 0);
  return scoresOf(matrix[i]![i]!, count, predicted);
}

function scoresOf(hits: number, count: number, predicted: number): ClassScores {
  const precision = predicted > 0 ? hits / predicted : 0;
  const recall = count > 0 ? hits / count : 0;
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return { precision, recall, f1, count };
}
