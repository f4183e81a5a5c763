import type { NDArray } from "../array.ts";
import type { Choice } from "./variant.ts";

/** How the choices for one problem can be timed, without the arrays of the program that posed it. */
export interface Rehearsal<V> {
  /** "matmul", "conv2d forward", … */
  readonly operation: string;
  /** The problem's sizes, for people. */
  readonly shape: string;
  /** Makes up inputs for it. */
  start(): { run(choice: Choice<V>): NDArray; stop(): void };
}
