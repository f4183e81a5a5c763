import { continuedAt } from "../state/course.ts";
import { SpoiledError } from "../state/survival.ts";
import type { LoopParts } from "./parts.ts";
import { stepsFrom } from "./plan.ts";

/**
 * Finds out where a run goes on, or begins another, and takes the snapshot to fall back on.
 *
 * @throws Error for parameters that nothing would train, a schedule that ends too early, weights that hold NaN, and where
 *   an interrupted run can't go on.
 */
export async function beginRun(parts: LoopParts): Promise<void> {
  const { plan, state, survival } = parts;
  const untrained = state.untrained();
  if (untrained.length > 0) throw new Error(untrainedText(untrained));
  if (beginsAnew(parts)) state.startRun();
  state.course = plan.course;
  const { epoch, batch } = state.position;
  const epochs = plan.epochs - epoch;
  const steps = stepsFrom(plan, batch) + (epochs - 1) * stepsFrom(plan, 0);
  state.schedule?.checkPlan(steps, epochs);
  try {
    await survival.remember();
  } catch (error) {
    if (!(error instanceof SpoiledError)) throw error;
    throw new Error(
      `fit: before training, ${error.tensor} holds NaN or infinity: check the weights that were loaded`,
      { cause: error },
    );
  }
}

/** Whether another run begins; else the state stands where the interrupted one goes on. */
function beginsAnew({ plan, state }: LoopParts): boolean {
  const { position, course, lastRun } = state;
  const begun = position.epoch > 0 || position.batch > 0;
  if (lastRun === "finished" || position.epoch > plan.epochs || !begun || !course) return true;
  try {
    position.batch = continuedAt(position, course, plan.course);
    return false;
  } catch (error) {
    if (lastRun === "failed") return true; // what failed needn't be taken up again
    throw error;
  }
}

function untrainedText(names: readonly string[]): string {
  return (
    `fit: the optimizer doesn't have ${names.join(", ")}, which require${names.length > 1 ? "" : "s"} a gradient: add ` +
    "with optimizer.addGroup({ params }) what is to be trained, freeze what isn't"
  );
}
