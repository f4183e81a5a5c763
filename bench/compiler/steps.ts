/** The training steps whose kernels are compiled. */
import type { Trained } from "../engines/network.ts";
import type { OpsName } from "./graft_ops.ts";

interface Sizes {
  readonly inputSize: number;
  readonly batch: number;
  readonly trained: Trained;
}

/** A step that every engine of the bench can build. */
export interface TrainingStep extends Sizes {
  readonly network: "vgg16";
}

/** A network of the zoo, from its own builder, all layers trained: Graft only. */
export interface ZooStep extends Sizes {
  readonly network: "resnet18" | "mobilenetV2" | "vitTinyPatch16_224" | "convnextTiny";
}

/** Functions by themselves: Graft only. */
export interface OpsStep {
  readonly network: null;
  readonly ops: OpsName;
}

export type StepCase = TrainingStep | ZooStep | OpsStep;

export const steps: readonly StepCase[] = [
  { network: "vgg16", inputSize: 224, batch: 8, trained: "all" },
  { network: "vgg16", inputSize: 32, batch: 8, trained: "all" },
  { network: "vgg16", inputSize: 32, batch: 8, trained: "head" },
  { network: "resnet18", inputSize: 224, batch: 8, trained: "all" },
  { network: "mobilenetV2", inputSize: 224, batch: 8, trained: "all" },
  { network: "vitTinyPatch16_224", inputSize: 224, batch: 8, trained: "all" },
  { network: "convnextTiny", inputSize: 224, batch: 8, trained: "all" },
  { network: null, ops: "products" },
  { network: null, ops: "functions" },
  { network: null, ops: "losses" },
  { network: null, ops: "optimizers" },
];

/** "vgg16/224/batch8/all", "ops/losses" */
export function stepId(step: StepCase): string {
  if (step.network === null) return `ops/${step.ops}`;
  return `${step.network}/${step.inputSize}/batch${step.batch}/${step.trained}`;
}
