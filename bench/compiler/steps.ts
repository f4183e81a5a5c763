/** The training steps whose kernels are compiled. */
import type { Trained } from "../engines/network.ts";
import type { OpsName } from "./graft_ops.ts";

interface Sizes {
  readonly inputSize: number;
  readonly batch: number;
  readonly trained: Trained;
}

/** A step that every engine of the bench can build; in half precision Graft only. */
export interface TrainingStep extends Sizes {
  readonly network: "vgg16";
  readonly precision?: "f16";
}

/** A network of the zoo, from its own builder, all layers trained: Graft only. */
export interface ZooStep extends Sizes {
  readonly network: ZooName;
}

/** Each has layers that the others don't. */
type ZooName =
  | "alexnet"
  | "convnextTiny"
  | "densenet121"
  | "efficientnetB0"
  | "mobilenetV2"
  | "mobilenetV3Large"
  | "resnet18"
  | "shufflenetV2X1_0"
  | "vitTinyPatch16_224";

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
  { network: "vgg16", inputSize: 224, batch: 8, trained: "all", precision: "f16" },
  { network: "vgg16", inputSize: 32, batch: 8, trained: "all", precision: "f16" },
  { network: "resnet18", inputSize: 224, batch: 8, trained: "all" },
  { network: "mobilenetV2", inputSize: 224, batch: 8, trained: "all" },
  { network: "vitTinyPatch16_224", inputSize: 224, batch: 8, trained: "all" },
  { network: "convnextTiny", inputSize: 224, batch: 8, trained: "all" },
  { network: "alexnet", inputSize: 224, batch: 8, trained: "all" },
  { network: "densenet121", inputSize: 224, batch: 8, trained: "all" },
  { network: "efficientnetB0", inputSize: 224, batch: 8, trained: "all" },
  { network: "mobilenetV3Large", inputSize: 224, batch: 8, trained: "all" },
  { network: "shufflenetV2X1_0", inputSize: 224, batch: 8, trained: "all" },
  { network: null, ops: "products" },
  { network: null, ops: "functions" },
  { network: null, ops: "layers" },
  { network: null, ops: "losses" },
  { network: null, ops: "optimizers" },
];

/** "vgg16/224/batch8/all", "vgg16/224/batch8/all/f16", "ops/losses" */
export function stepId(step: StepCase): string {
  if (step.network === null) return `ops/${step.ops}`;
  const id = `${step.network}/${step.inputSize}/batch${step.batch}/${step.trained}`;
  return isHalf(step) ? `${id}/f16` : id;
}

/** Whether activations are stored in half precision. */
export function isHalf(step: StepCase): boolean {
  return step.network === "vgg16" && step.precision === "f16";
}

/** Whether other engines can build it. */
export function isForPeers(step: StepCase): step is TrainingStep {
  return step.network === "vgg16" && !isHalf(step);
}
