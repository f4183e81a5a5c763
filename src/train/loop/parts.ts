import type { Dataset } from "../../data/index.ts";
import type { Loss } from "../../nn/index.ts";
import type { Evaluation } from "../evaluation/evaluate.ts";
import type { LabelCheck } from "../loss/label_check.ts";
import type { Survival } from "../state/survival.ts";
import type { TrainingState } from "../state/training_state.ts";
import type { Tally } from "./outcome.ts";
import type { FitPlan } from "./plan.ts";
import type { Stepper } from "./stepper.ts";

/** What the loop asks of a training state. */
type LoopState = Pick<
  TrainingState,
  | "model"
  | "schedule"
  | "scaler"
  | "learningRate"
  | "position"
  | "counted"
  | "course"
  | "history"
  | "best"
  | "lastRun"
  | "untrained"
  | "startRun"
  | "putModel"
  | "average"
>;

/** What the loop works with. */
export interface LoopParts {
  readonly plan: FitPlan;
  readonly state: LoopState;
  readonly stepper: Stepper;
  readonly loss: Loss;
  readonly labels: LabelCheck;
  readonly tally: Tally;
  /** Where steps look up which share of the run is done. */
  readonly progress: { value: number };
  readonly survival: Survival;
  validate(dataset: Dataset): Promise<Evaluation>;
  /** Waits until no evaluation is under way: each sees the weights of one step. */
  idle(): Promise<void>;
}
