import type { Dataset } from "../../data/index.ts";
import type { DataPrint } from "./data_print.ts";
import type { Position } from "./position.ts";

/** What a run works through: an interrupted one goes on with the same. Plain data, but for the set itself. */
export interface Course {
  readonly batchSize: number;
  /** Examples an epoch. */
  readonly examples: number;
  readonly classes: readonly string[] | null;
  /** What decides the order: whether epochs are shuffled, and the seed. */
  readonly shuffle: boolean;
  readonly seed: number;
  /** Absent in one that was read from a checkpoint. */
  readonly set?: Dataset;
  /** What a checkpoint knows of the set; taken when one is first written. */
  print?: DataPrint;
}

/**
 * The batch at which an interrupted run goes on.
 *
 * @throws Error where it can't go on with this data or these settings, saying what it was begun with.
 */
export function continuedAt(position: Position, begun: Course, now: Course): number {
  const { batch } = position;
  refuseOther("classes", classesText(begun), classesText(now));
  refuseOther("examples", String(begun.examples), String(now.examples));
  if (batch === 0) return 0;
  refuseOther("shuffle", String(begun.shuffle), String(now.shuffle));
  refuseOther("seed", String(begun.seed), String(now.seed));
  if (begun.batchSize === now.batchSize) return batch;
  const done = batch * begun.batchSize;
  if (done >= begun.examples) return Math.ceil(begun.examples / now.batchSize);
  if (done % now.batchSize === 0) return done / now.batchSize;
  throw new Error(
    `fit: the run stands in the middle of an epoch, after ${done} of ${begun.examples} examples in batches of ` +
      `${begun.batchSize}; batches of ${now.batchSize} can't go on there. Give batchSize ${begun.batchSize} again`,
  );
}

function classesText({ classes }: Course): string {
  return classes ? `${classes.length} classes (${classes.join(", ")})` : "no named classes";
}

/** @throws Error for another data set than a checkpoint was saved with. @param difference what it was told by. */
export function refuseData(difference: string): never {
  throw new Error(
    `fit: the run was interrupted and would go on where it stands, but the data changed: ${difference}. ${ADVICE}`,
  );
}

const ADVICE = "Give the same again, or begin another run with a new Trainer";

function refuseOther(name: string, begun: string, now: string): void {
  if (begun === now) return;
  throw new Error(
    `fit: the run was interrupted and would go on where it stands, but the data or settings changed (${name}): it was ` +
      `begun with ${short(begun)}, and this is ${short(now)}. ${ADVICE}`,
  );
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
