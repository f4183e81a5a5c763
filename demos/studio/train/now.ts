import type { News, TrainPhase } from "../worker/messages.ts";

/** What is shown of a training while it runs: nothing of it is kept. */
export interface TrainingNow {
  readonly run: string;
  readonly phase: TrainPhase | "starting" | "training";
  readonly isPaused: boolean;
  /** It was asked to stop, and hasn't yet. */
  readonly isStopping: boolean;
  readonly done: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
  /** Of the steps, each the mean of those that fall on one point of the curve. */
  readonly losses: Curve;
  readonly accuracies: Curve;
}

/** A curve of at most `MOST` points, whatever the number of steps: neighbours are joined when it is full. */
export interface Curve {
  readonly values: readonly number[];
  /** Steps that a point stands for. */
  readonly each: number;
  /** Those that don't make a point yet, and their sum. */
  readonly rest: number;
  readonly sum: number;
}

const MOST = 400;
const empty: Curve = { values: [], each: 1, rest: 0, sum: 0 };

export function begunTraining(run: string): TrainingNow {
  return {
    ...{ run, phase: "starting", isPaused: false, isStopping: false, done: 0, total: 0 },
    ...{ imagesPerSecond: 0, secondsLeft: Number.NaN, losses: empty, accuracies: empty },
  };
}

export function withPoint(curve: Curve, value: number): Curve {
  const [rest, sum] = [curve.rest + 1, curve.sum + value];
  if (rest < curve.each) return { ...curve, rest, sum };
  const values = [...curve.values, sum / rest];
  if (values.length < MOST) return { ...curve, values, rest: 0, sum: 0 };
  const joined = Array.from(
    { length: MOST / 2 },
    (_, i) => (values[2 * i] + values[2 * i + 1]) / 2,
  );
  return { values: joined, each: 2 * curve.each, rest: 0, sum: 0 };
}

/** What is shown after a piece of news. */
export function afterNews(now: TrainingNow, news: News): TrainingNow {
  switch (news.kind) {
    case "phase":
      return { ...now, phase: news.phase, done: news.done, total: news.total };
    case "step":
      return {
        ...now,
        ...{ phase: "training", done: news.step, total: news.steps },
        ...{ imagesPerSecond: news.imagesPerSecond, secondsLeft: news.secondsLeft },
        losses: withPoint(now.losses, news.loss),
        accuracies: withPoint(now.accuracies, news.accuracy),
      };
    default:
      return now;
  }
}
