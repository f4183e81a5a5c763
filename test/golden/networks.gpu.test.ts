/** Whole networks against PyTorch: logits, loss, every gradient, ten losses of training. See make.py. */

import { describe, expect, it } from "vitest";
import { capture, F, models, nn, optim, type Tensor, tensor } from "webgraft";
import { expectClose } from "../ops/compare.ts";
import mobilenet from "./mobilenet_v1.json";
import vgg16 from "./vgg16.json";
import { labels, parameter, uniform } from "./weights.ts";

/** Relative, as DESIGN's contract with PyTorch says. */
const TOLERANCE = 1e-4;

interface Summary {
  shape: number[];
  norm: number;
  sum: number;
  stride: number;
  samples: number[];
}

interface Case {
  logits: number[];
  loss: number;
  gradients: Record<string, Summary>;
  running?: Record<string, Summary>;
  training: Record<string, { options: { lr: number; momentum?: number }; losses: number[] }>;
}

interface Golden {
  batch: number;
  side: number;
  classes: number;
  imageScale: number;
  cases: Record<string, Case>;
}

type Network = ReturnType<typeof models.vgg16 | typeof models.mobilenetV1>;

function vgg(): Network {
  const model = models.vgg16({ includeTop: false, inputSize: 32 });
  model.classifier = new nn.Sequential(new nn.Linear(512, 10));
  return model;
}

const mobileNet = () => models.mobilenetV1({ alpha: 0.25, numClasses: 10, dropout: 0 });

function withGoldenWeights(model: Network): Network {
  const state = Object.entries(model.stateDict()).map(([name, { shape }]) => {
    return [name, tensor(parameter(name, shape), { shape })] as const;
  });
  model.loadStateDict(Object.fromEntries(state));
  return model;
}

function batchOf({ batch, side, classes, imageScale }: Golden, step: number): [Tensor, Tensor] {
  const shape = [batch, 3, side, side];
  const images = tensor(uniform(`images.${step}`, shape, imageScale), { shape });
  return [images, tensor(labels(`labels.${step}`, batch, classes))];
}

async function expectSummary(name: string, value: Tensor, expected: Summary): Promise<void> {
  expect(value.shape, name).toEqual(expected.shape);
  const data = Float64Array.from(await value.data());
  const norm = Math.sqrt(data.reduce((squares, v) => squares + v * v, 0));
  const sum = data.reduce((a, b) => a + b, 0);
  const first = Math.floor(expected.stride / 2);
  const samples = expected.samples.map((_, i) => data[first + i * expected.stride]);
  expectClose(`${name}: norm`, [norm], [expected.norm], [1], TOLERANCE);
  expectClose(`${name}: entries`, samples, expected.samples, [samples.length], TOLERANCE);
  // A sum cancels: it can be as wrong as all entries together.
  const bound = TOLERANCE * expected.norm * Math.sqrt(data.length);
  expect(Math.abs(sum - expected.sum), `${name}: sum`).toBeLessThan(bound);
}

function makeOptimizer(name: string, model: nn.Module, options: { lr: number; momentum?: number }) {
  if (name === "SGD") return new optim.SGD(model.parameters(), options);
  if (name === "Adam") return new optim.Adam(model.parameters(), options);
  throw new Error(`the golden file names an optimizer that this test doesn't know: ${name}`);
}

async function trainingLosses(golden: Golden, model: Network, optimizer: optim.Adam | optim.SGD) {
  const step = capture((images: Tensor, targets: Tensor) => {
    const loss = F.crossEntropy(model.forward(images), targets);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  const losses: number[] = [];
  for (let i = 0; i < 10; i++) losses.push(await step(...batchOf(golden, i)).item());
  step.dispose();
  return losses;
}

const networks: [string, () => Network, Golden][] = [
  ["VGG-16", vgg, vgg16],
  ["MobileNet v1 0.25", mobileNet, mobilenet],
];

const cases = networks.flatMap(([network, build, golden]) =>
  Object.entries(golden.cases).map(([mode, expected]) => {
    const make = () => withGoldenWeights(build()).train(mode === "train");
    return { name: `${network}, ${mode}`, make, golden, expected };
  }),
);

/** Software adapters take minutes for ten steps on kernels that are made for GPUs (`GRAFT_PROFILE=gpu`). */
const timeout = process.env.GRAFT_PROFILE ? 3_600_000 : 600_000;

describe.each(cases)("$name", { timeout }, ({ make, golden, expected }) => {
  it("gives PyTorch's logits, loss, gradients and running statistics", async () => {
    const model = make();
    const [images, targets] = batchOf(golden, 0);
    const logits = model.forward(images);
    const loss = F.crossEntropy(logits, targets);
    loss.backward();
    expectClose("logits", await logits.data(), expected.logits, logits.shape, TOLERANCE);
    expectClose("loss", [await loss.item()], [expected.loss], [1], TOLERANCE);
    const parameters = [...model.namedParameters()];
    expect(parameters.map(([name]) => name)).toEqual(Object.keys(expected.gradients));
    for (const [name, { grad }] of parameters) {
      if (!grad) throw new Error(`${name} has no gradient`);
      await expectSummary(`gradient of ${name}`, grad, expected.gradients[name]);
    }
    const state = model.stateDict();
    for (const [name, summary] of Object.entries(expected.running ?? {})) {
      await expectSummary(name, state[name], summary);
    }
  });

  it.each(Object.entries(expected.training))("trains like PyTorch with %s", async (name, run) => {
    const model = make();
    const losses = await trainingLosses(golden, model, makeOptimizer(name, model, run.options));
    expectClose("losses", losses, run.losses, [10], TOLERANCE);
  });
});
