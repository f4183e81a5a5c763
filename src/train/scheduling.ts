import type { ReduceLROnPlateau, Schedule } from "../optim/index.ts";
import type { Stateful } from "./snapshot.ts";

export type Scheduling =
  | Schedule
  | ReduceLROnPlateau
  | { schedule: Schedule; every: "step" | "epoch" };

/** A schedule as the training loop drives it. */
export interface AdaptedSchedule extends Stateful {
  afterStep(): void;
  /** @param loss the validation loss, or the training loss where there is no validation set. */
  afterEpoch(loss: number): void;
}

export function adaptSchedule(given: Scheduling | undefined): AdaptedSchedule | null {
  if (!given) return null;
  if (typeof given !== "object") throw new Error("Trainer: schedule must be one of optim");
  if ("watches" in given) {
    return wrap(
      given,
      () => {},
      (loss) => given.step(loss),
    );
  }
  const { schedule, every } =
    "schedule" in given ? given : { schedule: given, every: given.interval };
  const step = () => schedule.step();
  const nothing = () => {};
  return every === "step" ? wrap(schedule, step, nothing) : wrap(schedule, nothing, step);
}

function wrap(
  inner: Stateful,
  afterStep: () => void,
  afterEpoch: (loss: number) => void,
): AdaptedSchedule {
  return {
    afterStep,
    afterEpoch,
    stateDict: () => inner.stateDict(),
    loadStateDict: (state: never) => inner.loadStateDict(state),
  };
}
