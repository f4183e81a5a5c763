// Whole networks against PyTorch 1.13 (test/golden/make.py): logits, loss, every gradient, running
// statistics and ten losses of training, eager and captured.
import { describe, expect, it } from "vitest";
import { capture, F, models, type nn, optim, type Tensor, tensor } from "../../src/index.ts";
import { overwrite } from "../../src/kernels/array.ts";
import { replaceHead } from "../../src/transfer/index.ts";
import mobilenet from "../golden/mobilenet_v1.json";
import vgg from "../golden/vgg16.json";
import { labels, parameter, uniform } from "../golden/weights.ts";

interface Digest {
  shape: number[];
  norm: number;
  sum: number;
  stride: number;
  samples: number[];
}

interface Golden {
  logits: number[];
  loss: number;
  gradients: Record<string, Digest>;
  running?: Record<string, Digest>;
  training: Record<string, { options: { lr: number; momentum?: number }; losses: number[] }>;
}

/** Forward and gradients, relative to the tensor's norm. */
const TOLERANCE = 1e-4;
/** Ten steps add up what Winograd convolutions round otherwise; Adam divides by small numbers. */
const TRAINING_TOLERANCE = 1e-3;

function withGoldenWeights<M extends nn.Module>(model: M): M {
  for (const [name, target] of Object.entries(model.stateDict())) {
    overwrite(target.array, parameter(name, target.shape));
  }
  return model;
}

function batch(step: number, side: number): [Tensor, Tensor] {
  return [
    tensor(uniform(`images.${step}`, [4, 3, side, side], 1.7), { shape: [4, 3, side, side] }),
    tensor(labels(`labels.${step}`, 4, 10)),
  ];
}

async function expectDigest(name: string, found: Tensor, golden: Digest): Promise<void> {
  expect(found.shape, name).toEqual(golden.shape);
  const values = Float64Array.from(await found.data());
  const norm = Math.hypot(...chunked(values));
  expect(Math.abs(norm - golden.norm) / golden.norm, `norm of ${name}`).toBeLessThan(TOLERANCE);
  const scale = golden.norm / Math.sqrt(values.length);
  golden.samples.forEach((sample, k) => {
    const index = Math.floor(golden.stride / 2) + k * golden.stride;
    const error = Math.abs(values[index]! - sample);
    expect(error, `${name}[${index}]`).toBeLessThan(
      TOLERANCE * Math.max(Math.abs(sample), 10 * scale),
    );
  });
}

/** Norms of pieces: spreading millions of arguments overflows the stack. */
function chunked(values: Float64Array): number[] {
  const norms: number[] = [];
  for (let i = 0; i < values.length; i += 4096)
    norms.push(Math.hypot(...values.subarray(i, i + 4096)));
  return norms;
}

function parity(
  name: string,
  side: number,
  training: boolean,
  make: () => nn.Module,
  golden: Golden,
) {
  const build = () => withGoldenWeights(make()).train(training);

  it(`${name}: logits, loss, gradients`, async () => {
    const model = build();
    const [images, targets] = batch(0, side);
    const logits = model.forward(images) as Tensor;
    const loss = F.crossEntropy(logits, targets);
    loss.backward();
    const scale = Math.hypot(...golden.logits);
    const values = await logits.data();
    golden.logits.forEach((value, i) => {
      expect(Math.abs(values[i]! - value) / scale, `logit ${i}`).toBeLessThan(TOLERANCE);
    });
    expect(Math.abs((await loss.item()) - golden.loss) / golden.loss).toBeLessThan(TOLERANCE);
    const parameters = new Map(model.namedParameters());
    expect([...parameters.keys()].sort()).toEqual(Object.keys(golden.gradients).sort());
    for (const [path, digest] of Object.entries(golden.gradients)) {
      await expectDigest(path, parameters.get(path)!.grad!, digest);
    }
    const state = model.stateDict();
    for (const [path, digest] of Object.entries(golden.running ?? {})) {
      await expectDigest(path, state[path]!, digest);
    }
  });

  for (const [optimizerName, { options, losses }] of Object.entries(golden.training)) {
    // Each mode with one optimizer on the large network: a step there takes seconds on a software adapter.
    const modes =
      name === "VGG-16" ? [optimizerName === "SGD" ? "eager" : "captured"] : ["eager", "captured"];
    for (const mode of modes) {
      it(`${name}: ten losses with ${optimizerName}, ${mode}`, async () => {
        const model = build();
        const Optimizer = optimizerName === "SGD" ? optim.SGD : optim.Adam;
        const optimizer = new Optimizer(model.parameters(), options);
        const step = (images: Tensor, targets: Tensor): Tensor => {
          optimizer.zeroGrad();
          const loss = F.crossEntropy(model.forward(images) as Tensor, targets);
          loss.backward();
          optimizer.step();
          return loss;
        };
        const run = mode === "captured" ? capture(step) : step;
        for (const [i, golden] of losses.entries()) {
          const loss = await run(...batch(i, side)).item();
          expect(Math.abs(loss - golden) / golden, `loss ${i}`).toBeLessThan(TRAINING_TOLERANCE);
        }
      }, 300_000);
    }
  }
}

describe("parity with PyTorch", () => {
  const makeVgg = () => {
    const model = models.vgg16({ includeTop: false, inputSize: 32 });
    replaceHead(model, 10);
    return model;
  };
  parity("VGG-16", 32, true, makeVgg, vgg.cases.train);
  const makeMobilenet = () => models.mobilenetV1({ alpha: 0.25, numClasses: 10, dropout: 0 });
  parity("MobileNet v1, training", 64, true, makeMobilenet, mobilenet.cases.train);
  parity("MobileNet v1, frozen statistics", 64, false, makeMobilenet, mobilenet.cases.frozen);
});
