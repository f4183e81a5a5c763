/** The zoo against PyTorch: names and shapes of all tensors, logits, loss, gradients. See make_zoo.py. */

import { expect } from "vitest";
import { models, nn } from "webgraft";
import golden from "./zoo.json";
import { describeZoo } from "./zoo.ts";

/** Of gradients where hard-swish's kinks make more of rounding: PyTorch's own in float32 are off by 3.2e-4. */
const GRADIENTS: Readonly<Record<string, number>> = { mobilenetV3Large: 5e-4 };

const { classes: numClasses } = golden;

function vgg11(): nn.Module {
  const model = models.vgg11({ includeTop: false, inputSize: 32 });
  model.classifier = new nn.Sequential(new nn.Linear(512, numClasses));
  return model;
}

const NETWORKS: Record<keyof typeof golden.networks, () => nn.Module> = {
  vgg11,
  alexnet: () => models.alexnet({ numClasses, inputSize: 64 }),
  mobilenetV2: () => models.mobilenetV2({ numClasses, inputSize: 64 }),
  squeezenet1_1: () => models.squeezenet1_1({ numClasses, inputSize: 64 }),
  resnet18: () => models.resnet18({ numClasses, inputSize: 64 }),
  resnet50: () => models.resnet50({ numClasses, inputSize: 64 }),
  resnet20: () => models.resnet20({ numClasses }),
  resnet32: () => models.resnet32({ numClasses }),
  mobilenetV3Small: () => models.mobilenetV3Small({ numClasses, inputSize: 64 }),
  mobilenetV3Large: () => models.mobilenetV3Large({ numClasses, inputSize: 64 }),
  efficientnetB0: () => models.efficientnetB0({ numClasses, inputSize: 64 }),
  densenet121: () => models.densenet121({ numClasses, inputSize: 64 }),
  convnextTiny: () => models.convnextTiny({ numClasses, inputSize: 64 }),
  vitTinyPatch16_224: () => models.vitTinyPatch16_224({ numClasses, inputSize: 64 }),
  shufflenetV2X0_5: () => models.shufflenetV2X0_5({ numClasses, inputSize: 64 }),
};

const goldens = Object.entries(golden.networks);

describeZoo(
  goldens.map(([name, { state, ...numbers }]) => ({
    name,
    build: NETWORKS[name as keyof typeof NETWORKS],
    golden: numbers,
    expectState: (found) => expect(found).toEqual(state),
    gradients: GRADIENTS[name],
  })),
  golden,
);
