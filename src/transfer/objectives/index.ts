export { combineObjectives } from "./combine.ts";
export {
  type DistillationLossOptions,
  type DistillationOptions,
  distillation,
  distillationLoss,
} from "./distillation.ts";
export { type JointOptions, jointObjective } from "./joint.ts";
export { jointLoss } from "./joint_loss.ts";
