/** The zoo against PyTorch: names and shapes of all tensors, logits, loss, gradients. See make_zoo.py. */

import { describe, expect, it } from "vitest";
import { F, models, nn, type Tensor, tensor } from "webgraft";
import { expectClose } from "../ops/compare.ts";
import { labels, parameter, uniform } from "./weights.ts";
import golden from "./zoo.json";

/** Relative, as DESIGN's contract with PyTorch says. */
const TOLERANCE = 1e-4;

/** Of gradients where hard-swish's kinks make more of rounding: PyTorch's own in float32 are off by 3.2e-4. */
const GRADIENTS: Readonly<Record<string, number>> = { mobilenetV3Large: 5e-4 };

const { batch, classes: numClasses, imageScale } = golden;

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

interface Golden {
  readonly side: number;
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly logits: readonly number[];
  readonly loss: number;
  /** Of all parameters, in the order of `state`. */
  readonly gradientNorms: readonly number[];
}

function withGoldenWeights(model: nn.Module, { state }: Golden): nn.Module {
  const shapes = Object.entries(model.stateDict()).map(([name, { shape }]) => [name, [...shape]]);
  expect(Object.fromEntries(shapes)).toEqual(state);
  const values = Object.entries(state).map(([name, shape]) => [
    name,
    tensor(parameter(name, shape), { shape: [...shape] }),
  ]);
  model.loadStateDict(Object.fromEntries(values));
  return model.eval();
}

async function norm(gradient: Tensor | null): Promise<number> {
  if (!gradient) return Number.NaN;
  const values = Float64Array.from(await gradient.data());
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}

describe.each(Object.entries(golden.networks))("%s", { timeout: 600_000 }, (name, expected) => {
  it("computes PyTorch's logits, loss and gradients", async () => {
    const build = NETWORKS[name as keyof typeof NETWORKS];
    const model = withGoldenWeights(build(), expected as Golden);
    const shape = [batch, 3, expected.side, expected.side];
    const images = tensor(uniform("images.0", shape, imageScale), { shape });
    const logits = model.forward(images) as Tensor;
    const loss = F.crossEntropy(logits, tensor(labels("labels.0", batch, numClasses)));
    loss.backward();
    expectClose("logits", await logits.data(), expected.logits, logits.shape, TOLERANCE);
    expectClose("loss", [await loss.item()], [expected.loss], [1], TOLERANCE);
    const gradients = new Map(model.namedParameters().map(([path, { grad }]) => [path, grad]));
    const names = Object.keys(expected.state).filter((path) => !path.includes(".running_"));
    expect(names).toHaveLength(expected.gradientNorms.length);
    const norms = await Promise.all(names.map((path) => norm(gradients.get(path)!)));
    norms.forEach((found, i) => {
      const wanted = [expected.gradientNorms[i]!];
      expectClose(`gradient of ${names[i]}`, [found], wanted, [1], GRADIENTS[name] ?? TOLERANCE);
    });
  });
});
