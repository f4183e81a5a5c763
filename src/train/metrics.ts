/** Results on a dataset. Matrix rows are true classes, columns predicted ones. */
export interface Evaluation {
  /** Mean loss over examples. */
  loss: number;
  accuracy: number;
  count: number;
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
    const perClass = matrix.map((_, i) => scoresOf(matrix, i));
    const present = perClass.filter((scores) => scores.count > 0);
    const balancedAccuracy =
      present.reduce((sum, { recall }) => sum + recall, 0) / Math.max(1, present.length);
    return {
      loss,
      accuracy: count > 0 ? right / count : 0,
      count,
      confusionMatrix: matrix,
      classes: matrix.map((_, i) => classes[i] ?? String(i)),
      perClass,
      balancedAccuracy,
    };
  }
}

function scoresOf(matrix: readonly (readonly number[])[], i: number): ClassScores {
  const hits = matrix[i]![i]!;
  const count = matrix[i]!.reduce((sum, n) => sum + n, 0);
  const predicted = matrix.reduce((sum, row) => sum + row[i]!, 0);
  const precision = predicted > 0 ? hits / predicted : 0;
  const recall = count > 0 ? hits / count : 0;
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return { precision, recall, f1, count };
}
