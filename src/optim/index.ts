export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { clipGradNorm_, clipGradValue_ } from "./clip.ts";
export { CyclicLR, type CyclicOptions } from "./cyclic.ts";
export { GradScaler, type GradScalerOptions, type GradScalerState } from "./grad_scaler.ts";
export { LAMB } from "./lamb.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { type MomentOptions, NAdam, type NAdamOptions, RAdam } from "./moments.ts";
export {
  CosineAnnealingWarmRestarts,
  LambdaLR,
  PolynomialLR,
  SequentialLR,
  type WarmRestartsOptions,
} from "./more_schedules.ts";
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
