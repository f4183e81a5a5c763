/** The training steps whose kernels are compiled. */
import type { Trained } from "../engines/network.ts";

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
  readonly network: "resnet18" | "mobilenetV2";
}

export type StepCase = TrainingStep | ZooStep;

export const steps: readonly StepCase[] = [
  { network: "vgg16", inputSize: 224, batch: 8, trained: "all" },
  { network: "vgg16", inputSize: 32, batch: 8, trained: "all" },
  { network: "vgg16", inputSize: 32, batch: 8, trained: "head" },
  { network: "resnet18", inputSize: 224, batch: 8, trained: "all" },
  { network: "mobilenetV2", inputSize: 224, batch: 8, trained: "all" },
];

/** "vgg16/224/batch8/all" */
export function stepId({ network, inputSize, batch, trained }: StepCase): string {
  return `${network}/${inputSize}/batch${batch}/${trained}`;
}
