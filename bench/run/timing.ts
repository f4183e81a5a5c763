import type { Work } from "../engines/engine.ts";
import { median, summarize } from "../report/statistics.ts";
import {
  type Check,
  type EngineResult,
  type Measures,
  OUT_OF_TIME,
  type Row,
  type Size,
} from "../types.ts";
import { checkText } from "../workloads/check.ts";
import type { TimedWorkload } from "../workloads/workload.ts";
import { errorText } from "./messages.ts";
import type { StartedEngine } from "./start.ts";

interface Limits {
  /** Timings of each engine. */
  readonly most: number;
  readonly least: number;
  /** Seconds for them, once there are as many as `least`. */
  readonly seconds: number;
  /** Short work is repeated until it takes so long. */
  readonly window: number;
}

const limits: Record<Size, Limits> = {
  smoke: { most: 1, least: 1, seconds: 0, window: 0 },
  quick: { most: 4, least: 1, seconds: 2, window: 0.05 },
  full: { most: 9, least: 2, seconds: 20, window: 0.2 },
};

/** Seconds that peers leave for Graft's own rows when time is limited. */
const RESERVED = 40;

/** One engine's part in a row. */
class Participant {
  readonly name: string;
  work: Work | null = null;
  seconds: number[] = [];
  spent = 0;
  check: Check | undefined;
  error: string | undefined;
  measures: Measures = {};
  #last = Number.POSITIVE_INFINITY;

  constructor(readonly started: StartedEngine) {
    this.name = started.engine.name;
    this.error = started.error;
  }

  get running(): boolean {
    return this.error === undefined;
  }

  /** Keeps an engine's failure as its result, so that the others go on. */
  async attempt(work: () => Promise<void>): Promise<void> {
    if (!this.running) return;
    try {
      await work();
    } catch (error) {
      this.fail(errorText(error));
    }
  }

  fail(text: string): void {
    this.error = text;
    this.release();
  }

  release(): void {
    try {
      this.work?.dispose();
    } catch {
      // A library that failed before may fail again here; its first error is the one to tell.
    }
    this.work = null;
  }

  /** Runs the work `times` times; seconds of one. */
  async time(times: number): Promise<number> {
    const start = performance.now();
    await this.work!.run(times);
    const seconds = (performance.now() - start) / 1000;
    this.spent += seconds;
    this.#last = seconds / times;
    return this.#last;
  }

  /** Times a window of runs and counts what one run asks of the device. */
  async timeWindow(window: number): Promise<void> {
    const { meter } = this.started;
    const times = Math.max(1, Math.min(500, Math.ceil(window / this.#last)));
    const before = meter ? { ...meter.counts } : null;
    this.seconds.push(await this.time(times));
    if (!meter || !before) return;
    const { dispatches, submits } = meter.counts;
    this.measures = {
      dispatches: Math.round((dispatches - before.dispatches) / times),
      submits: Math.round((submits - before.submits) / times),
    };
  }

  result(): EngineResult {
    const { name: engine, check, error, measures } = this;
    if (error !== undefined) return { engine, check, error };
    return { engine, timing: summarize(this.seconds), check, measures };
  }
}

export interface TimingContext {
  readonly size: Size;
  readonly say: (text: string) => void;
  /** Seconds until nothing new should begin. */
  readonly secondsLeft: () => number;
  /** Times the adapter's multiply-adds: operations per second at this moment. */
  readonly flopsNow?: () => Promise<number>;
}

/** The first runs of each engine, whose results are then judged. The very first one is never counted. */
async function warmUp(
  workload: TimedWorkload,
  participants: readonly Participant[],
  context: TimingContext,
): Promise<void> {
  for (const participant of participants) {
    const reserved = participant.name === "graft" ? 0 : RESERVED;
    if (context.secondsLeft() <= reserved) {
      participant.fail(OUT_OF_TIME);
      continue;
    }
    context.say(`${participant.name}: first run`);
    await participant.attempt(async () => {
      participant.work = await workload.prepare(participant.started.engine);
      await participant.time(1);
    });
  }
  for (let i = 1; i < workload.checkAfter; i++) {
    for (const participant of participants) {
      await participant.attempt(() => participant.timeWindow(0));
    }
  }
}

async function judge(
  workload: TimedWorkload,
  participants: readonly Participant[],
  context: TimingContext,
): Promise<void> {
  context.say("checking results");
  const results = new Map<string, ArrayLike<number>>();
  for (const participant of participants) {
    await participant.attempt(async () => {
      results.set(participant.name, await participant.work!.read());
    });
  }
  try {
    const checks = await workload.check(results);
    for (const participant of participants) {
      participant.check = checks.get(participant.name);
      if (participant.check?.passed === false) participant.fail(checkText(participant.check));
    }
  } catch (error) {
    // Without a judgement no time counts.
    for (const participant of participants) {
      if (participant.running) participant.fail(`its result can't be checked: ${errorText(error)}`);
    }
  }
}

/**
 * Round robin, so that whatever else the machine does falls on every engine alike, and on the adapter's peak rate, of
 * which the median is given: a machine's speed can wander by a third within minutes.
 */
async function takeTurns(
  participants: readonly Participant[],
  { most, least, seconds, window }: Limits,
  context: TimingContext,
): Promise<number | undefined> {
  const peaks: number[] = [];
  for (const participant of participants) participant.spent = sum(participant.seconds);
  for (let round = 0; round < most; round++) {
    const order = participants.map((_, i) => participants[(i + round) % participants.length]);
    const isDue = ({ running, spent, seconds: { length: count } }: Participant) => {
      const late = context.secondsLeft() <= 0 && count >= 1;
      return running && !late && count < most && (count < least || spent < seconds);
    };
    if (context.flopsNow && order.some(isDue)) peaks.push(await context.flopsNow());
    for (const participant of order) {
      if (!isDue(participant)) continue;
      context.say(`${participant.name}: timing ${participant.seconds.length + 1}`);
      await participant.attempt(() => participant.timeWindow(window));
    }
  }
  return peaks.length > 0 ? median(peaks) : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Checks and times one workload on each engine, in turns. An engine's failure is its result. */
export async function runTimed(
  workload: TimedWorkload,
  engines: readonly StartedEngine[],
  context: TimingContext,
): Promise<Row> {
  const participants = engines.map((started) => new Participant(started));
  const { flopsNow, ...rest } = context;
  let peakFlops: number | undefined;
  try {
    await warmUp(workload, participants, context);
    await judge(workload, participants, context);
    const timed = workload.flops ? context : rest;
    peakFlops = await takeTurns(participants, limits[context.size], timed);
  } finally {
    for (const participant of participants) participant.release();
  }
  const { id, group, title, flops, bytes, images } = workload;
  const results = participants.map((participant) => participant.result());
  return { id, group, title, flops, bytes, images, peakFlops, results };
}
