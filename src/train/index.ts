export type { Store } from "./checkpoint.ts";
export { type EstimateOptions, estimateMemory, type MemoryEstimate } from "./estimate_memory.ts";
export type * from "./events.ts";
export type { ClassScores, Evaluation } from "./metrics.ts";
export { NonFiniteLossError } from "./non_finite_loss.ts";
export type { FitOptions, TrainerOptions } from "./options.ts";
export type { Precision } from "./precision.ts";
export type { Prediction } from "./predict.ts";
export { Trainer } from "./trainer.ts";
