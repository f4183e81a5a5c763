import { beforeEach, describe, expect, it } from "vitest";
import {
  backward,
  batchNorm,
  capture,
  F,
  noGrad,
  Tensor,
  tensor,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { deviceWith, gpuProfile, onDevice, profiles } from "../profiles.ts";
import { expectClose } from "./compare.ts";
import { momentsRef } from "./reference/batch_norm.ts";
import { uniform } from "./seeded.ts";

const shape = [3, 4, 5, 5];
const values = uniform(300, 3).map((v, i) => v + (i % 4));
const moments = momentsRef({ shape, data: values.map(Math.fround) });
const input = () => tensor(values, { shape });

/** Running statistics after `steps` batches with the same values. */
function expected(start: number, batch: number, momentum: number, steps = 1): number {
  const kept = (1 - momentum) ** steps;
  return kept * start + (1 - kept) * batch;
}

describe("running statistics", () => {
  let runningMean: Tensor;
  let runningVar: Tensor;
  beforeEach(() => {
    runningMean = tensor([0, 1, 2, 3]);
    runningVar = tensor([1, 2, 3, 4]);
  });

  async function expectRunning(momentum: number, steps = 1): Promise<void> {
    const means = moments.map(({ mean }, c) => expected(c, mean, momentum, steps));
    const variances = moments.map(({ variance, count }, c) =>
      expected(c + 1, (variance * count) / (count - 1), momentum, steps),
    );
    expectClose("running mean", await runningMean.data(), means, [4], 1e-6);
    expectClose("running variance", await runningVar.data(), variances, [4], 1e-6);
  }

  it("move a tenth of the way while training, the variance unbiased", async () => {
    batchNorm(input(), { runningMean, runningVar, training: true });
    await expectRunning(0.1);
  });

  it("move by the given momentum, without gradients too", async () => {
    noGrad(() => batchNorm(input(), { runningMean, runningVar, training: true, momentum: 0.7 }));
    await expectRunning(0.7);
  });

  it("stay as they are when not training", async () => {
    batchNorm(input(), { runningMean, runningVar });
    await expectRunning(0);
  });

  it("are each optional while training", async () => {
    batchNorm(input(), { runningMean, training: true });
    batchNorm(input(), { runningVar, training: true });
    await expectRunning(0.1);
  });

  it("move at each replay of a captured step, momentum asked anew", async () => {
    let steps = 0;
    const step = capture((x: Tensor) => {
      const momentum = () => 1 / ++steps;
      return batchNorm(x, { runningMean, runningVar, training: true, momentum });
    });
    const first = step(input());
    expect(first).toBeInstanceOf(Tensor);
    const asked = steps;
    step(input());
    step(input());
    expect(steps).toBe(asked + 2);
    step.dispose();
  });

  it("move once a call in a captured step", async () => {
    const step = capture((x: Tensor) => batchNorm(x, { runningMean, runningVar, training: true }));
    for (let i = 0; i < 3; i++) step(input());
    await expectRunning(0.1, 3);
    step.dispose();
  });
});

describe("variance", () => {
  it("of values far from zero keeps its digits", async () => {
    const n = 64 * 64 * 4;
    const far = uniform(n, 9).map((v) => Math.fround(10_000 + v));
    const runningVar = tensor([0]);
    batchNorm(tensor(far, { shape: [4, 1, 64, 64] }), { runningVar, training: true, momentum: 1 });
    const [{ variance }] = momentsRef({ shape: [4, 1, 64, 64], data: far });
    const [got] = await runningVar.data();
    expect(Math.abs(got / ((variance * n) / (n - 1)) - 1)).toBeLessThan(1e-4);
  });

  it("is right when the first value is an outlier", async () => {
    const data = uniform(3000, 4);
    data[0] = 20_000;
    const runningVar = tensor([0]);
    batchNorm(tensor(data, { shape: [3000, 1] }), { runningVar, training: true, momentum: 1 });
    const [{ variance }] = momentsRef({ shape: [3000, 1], data });
    const [got] = await runningVar.data();
    expect(Math.abs(got / ((variance * 3000) / 2999) - 1)).toBeLessThan(1e-5);
  });
});

describe("a smooth function that follows", () => {
  const onGpu = deviceWith(gpuProfile(currentDevice()));
  const onProcessor = deviceWith(profiles.plain);
  const functions = { silu: F.silu, hardswish: F.hardswish, mish: F.mish, gelu: F.gelu };
  /** Of few values a workgroup of a GPU has a channel; of many it has a part of one. */
  const shapes = [
    [2, 3, 5, 5],
    [2, 1, 129, 129],
  ] as const;
  const cases = Object.keys(functions).flatMap((name) =>
    shapes.flatMap((shape) => [true, false].map((training) => ({ name, shape, training }))),
  );

  /** What comes out, and the gradients of x, weight and bias: captured, or with each op for itself. */
  async function found({ name, shape, training }: (typeof cases)[number], isCaptured: boolean) {
    const channels = shape[1];
    const size = shape.reduce<number>((a, b) => a * b, 1);
    const x = tensor(uniform(size, 5), { shape: [...shape], requiresGrad: true });
    const weight = tensor(uniform(channels, 6), { requiresGrad: true });
    const bias = tensor(uniform(channels, 7), { requiresGrad: true });
    const running = {
      runningMean: tensor(uniform(channels, 8)),
      runningVar: tensor(uniform(channels, 9).map((v) => 1 + v * v)),
    };
    const factors = tensor(uniform(size, 10), { shape: [...shape] });
    const apply = functions[name as keyof typeof functions];
    const run = () => {
      const normal = batchNorm(x, { ...running, weight, bias, training });
      const out = isCaptured ? apply(normal) : apply(normal.reshape([size])).reshape([...shape]);
      backward(out, factors);
      return out;
    };
    const step = isCaptured ? capture(run) : null;
    const out = (step ?? run)();
    const values = await Promise.all([out, x.grad!, weight.grad!, bias.grad!].map((t) => t.data()));
    step?.dispose();
    return values;
  }

  it.each(cases)("$name of $shape, training: $training", async (one) => {
    const expected = await found(one, false);
    for (const device of [onProcessor, onGpu]) {
      const values = await onDevice(device, () => found(one, true));
      values.forEach((got, i) => {
        expectClose(`${i}`, got, Float64Array.from(expected[i]!), [got.length], 2e-5);
      });
    }
  });
});

it("the gradient of the input of a frozen layer keeps nothing but the layer's own tensors", () => {
  const x = input().requiresGrad_();
  const weight = tensor([1, 2, 3, 4]);
  const runningMean = tensor([0, 0, 0, 0]);
  const runningVar = tensor([1, 1, 1, 1]);
  const out = batchNorm(x, { weight, runningMean, runningVar });
  const needs = out.node!.edges.flatMap(({ rule }) => rule.needs);
  expect(needs).not.toContain(x.array);
  backward(out, input());
  expect(weight.grad).toBeNull();
});
