/**
 * The deeper and wider siblings of zoo.gpu.test.ts. `GRAFT_NETWORKS=all` computes the largest too, which take gigabytes; the
 * names and shapes of their tensors are always compared. See make_zoo.py.
 */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { models, nn } from "webgraft";
import { withoutValues } from "../without_values.ts";
import { describeZoo } from "./zoo.ts";
import golden from "./zoo_siblings.json";

const { classes: numClasses } = golden;

const LARGEST = new Set(process.env.GRAFT_NETWORKS === "all" ? [] : ["resnet101", "resnet152"]);

/** Of gradients through 55 layers whose activations grow: PyTorch's own in float32 are off by 1.1e-3. */
const GRADIENTS: Readonly<Record<string, number>> = { resnet56: 2e-3 };

function vgg19Bn(): nn.Module {
  const model = models.vgg19Bn({ includeTop: false, inputSize: 32 });
  model.classifier = new nn.Sequential(new nn.Linear(512, numClasses));
  return model;
}

const NETWORKS: Record<keyof typeof golden.networks, () => nn.Module> = {
  vgg19Bn,
  resnet34: () => models.resnet34({ numClasses, inputSize: 32 }),
  resnet101: () => models.resnet101({ numClasses, inputSize: 32 }),
  resnet152: () => models.resnet152({ numClasses, inputSize: 32 }),
  resnet44: () => models.resnet44({ numClasses }),
  resnet56: () => models.resnet56({ numClasses }),
  efficientnetB1: () => models.efficientnetB1({ numClasses, inputSize: 64 }),
  efficientnetB2: () => models.efficientnetB2({ numClasses, inputSize: 64 }),
  efficientnetB3: () => models.efficientnetB3({ numClasses, inputSize: 64 }),
  shufflenetV2X1_0: () => models.shufflenetV2X1_0({ numClasses, inputSize: 64 }),
  vitSmallPatch16_224: () => models.vitSmallPatch16_224({ numClasses, inputSize: 64 }),
};

type Shapes = Readonly<Record<string, readonly number[]>>;

function digest(state: Shapes): string {
  const entries = Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("hex");
}

const siblings = Object.entries(golden.networks).map(([name, numbers]) => ({
  name,
  build: NETWORKS[name as keyof typeof NETWORKS],
  golden: numbers,
  gradients: GRADIENTS[name],
  expectState: (found: Shapes) => expect(digest(found)).toBe(numbers.stateDigest),
}));

describeZoo(
  siblings.filter(({ name }) => !LARGEST.has(name)),
  golden,
);

describe.each(siblings.filter(({ name }) => LARGEST.has(name)))("$name", (sibling) => {
  it("has PyTorch's tensors", () => {
    const state = Object.entries(withoutValues(sibling.build).stateDict());
    sibling.expectState(Object.fromEntries(state.map(([name, { shape }]) => [name, [...shape]])));
  });
});
