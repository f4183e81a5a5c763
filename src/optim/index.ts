export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { clipGradNorm_ } from "./clip.ts";
export { GradScaler, type GradScalerOptions, type GradScalerState } from "./grad_scaler.ts";
export { OneCycleLR, type OneCycleOptions } from "./one_cycle.ts";
export { type Group, Optimizer, type OptimizerState, type ParamGroup } from "./optimizer.ts";
export { ReduceLROnPlateau } from "./plateau.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export type { Schedule } from "./schedule.ts";
export {
  CosineAnnealingLR,
  ExponentialLR,
  LinearWarmup,
  MultiStepLR,
  StepLR,
} from "./schedules.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
