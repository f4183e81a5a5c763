import { confusionMatrix, precisionRecallFscoreSupport } from "webgraft/metrics";
import type { RunResult, Verdict } from "./types.ts";

const truth = ({ verdicts }: RunResult) => verdicts.map(({ label }) => label);
const guesses = ({ verdicts }: RunResult) => verdicts.map(({ predicted }) => predicted);
const numbersOf = ({ info }: RunResult) => info.classes.map((_, i) => i);

/** [true class][predicted class], numbers of pictures. */
export function confusionOf(result: RunResult): number[][] {
  return confusionMatrix(truth(result), guesses(result), { labels: numbersOf(result) });
}

/** The pictures that it gets wrong most surely: those whose own class it finds least likely. */
export function worstOf({ verdicts }: RunResult, count: number): Verdict[] {
  const wrong = verdicts.filter(({ label, predicted }) => label !== predicted);
  return wrong.sort((a, b) => a.own - b.own).slice(0, count);
}

export interface ClassFigures {
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Validation pictures of the class. */
  readonly count: number;
}

/** Scores of each class; 0 where nothing is divided by. */
export function classFigures(result: RunResult): ClassFigures[] {
  const options = { labels: numbersOf(result), zeroDivision: 0 } as const;
  const all = precisionRecallFscoreSupport(truth(result), guesses(result), options);
  return result.info.classes.map((name, i) => ({
    name,
    precision: all.precision[i],
    recall: all.recall[i],
    f1: all.fscore[i],
    count: all.support[i],
  }));
}
