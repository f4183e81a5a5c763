import type { Device } from "../../gpu/index.ts";
import type { NDArray } from "../array.ts";
import { type Choice, labelOf } from "../variants/variant.ts";
import type { TuningTable } from "./tuning_table.ts";

/** How the choices for one problem can be timed, without the arrays of the program that posed it. */
export interface Rehearsal<V> {
  /** "matmul", "conv2d forward", … */
  readonly operation: string;
  /** The problem's sizes, for people. */
  readonly shape: string;
  /** Makes up inputs for it. */
  start(): { run(choice: Choice<V>): NDArray; stop(): void };
}

/** One way to compute a problem that is to be measured. */
export interface Trial {
  readonly label: string;
  run(): NDArray;
}

/** A problem that was met and not measured yet. */
export interface MetProblem {
  readonly operation: string;
  readonly shape: string;
  /** Its most promising choices, ready to run, until `stop`. */
  start(): { readonly trials: readonly Trial[]; stop(): void };
}

/** Compiling more takes longer than it gains: the rule's favourites hold the best but for noise. */
const MOST_TRIALS = 6;

/** What a device that measures knows: times of this run and earlier ones, and problems still to be measured. */
class Tuner {
  /** What was measured on this adapter; null until it is read. */
  table: TuningTable | null = null;
  readonly met = new Map<string, MetProblem>();
  /** The measurement that is going on. */
  measuring: Promise<number> | null = null;

  /** Notes a problem. @param choices the best by rule first. */
  meet<V extends { readonly name: string }>(
    key: string,
    choices: readonly Choice<V>[],
    rehearse: () => Rehearsal<V>,
  ): void {
    if (this.met.has(key)) return;
    const { operation, shape, start } = rehearse();
    const begin = () => {
      const { run, stop } = start();
      const trials = choices
        .slice(0, MOST_TRIALS)
        .map((choice) => ({ label: labelOf(choice), run: () => run(choice) }));
      return { trials, stop };
    };
    this.met.set(key, { operation, shape, start: begin });
  }
}

const makeTuner = () => new Tuner();

/** The one of a device. */
export function tunerOf(device: Device): Tuner {
  return device.part(makeTuner);
}
