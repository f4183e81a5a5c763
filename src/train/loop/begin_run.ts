import { type Course, continuedAt, refuseData } from "../state/course.ts";
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
  requireTrained(state);
  if (await beginsAnew(parts)) state.startRun();
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
async function beginsAnew({ plan, state }: LoopParts): Promise<boolean> {
  const { position, course, lastRun } = state;
  const begun = position.epoch > 0 || position.batch > 0;
  if (lastRun === "finished" || position.epoch > plan.epochs || !begun || !course) return true;
  try {
    const batch = continuedAt(position, course, plan.course);
    await checkData(course, plan.course);
    position.batch = batch;
    return false;
  } catch (error) {
    if (lastRun === "failed") return true; // what failed needn't be taken up again
    throw error;
  }
}

/** @throws Error where a checkpoint's run would go on with other examples than it began with. */
async function checkData({ set, print }: Course, now: Course): Promise<void> {
  if (set || !print || !now.set) return;
  const { dataDifference } = await import("../state/checkpoint.ts");
  const difference = await dataDifference(print, now.set);
  if (difference !== null) refuseData(difference);
}

/** @throws Error naming parameters that require a gradient and that the optimizer doesn't have. */
export function requireTrained(state: LoopParts["state"]): void {
  const names = state.untrained();
  if (names.length === 0) return;
  throw new Error(
    `fit: the optimizer doesn't have ${names.join(", ")}, which require${names.length > 1 ? "" : "s"} a gradient: add ` +
      "with optimizer.addGroup({ params }) what is to be trained, freeze what isn't",
  );
}
