// Half precision: losses near those of f32, skipped steps, and a loss scale that lives on the GPU.
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  autocast,
  capture,
  estimateMemory,
  F,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  Trainer,
  tensor,
} from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, collect, only, tinyNet, weights } from "./toy.ts";

const half = () => currentDevice().features.has("shader-f16");

function network(): nn.Sequential {
  manualSeed(4);
  return new nn.Sequential(
    new nn.Conv2d(3, 16, 3, { padding: 1 }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(32 * 64, 5),
  );
}

async function losses(precision: "f32" | "f16", recompute = false): Promise<number[]> {
  const model = network();
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const trainer = new Trainer({ model, optimizer, precision, recompute, clipGradNorm: 1, seed: 1 });
  const images = randn([8, 3, 16, 16]);
  const labels = tensor(Int32Array.from({ length: 8 }, (_, i) => i % 5));
  const seen: number[] = [];
  for (let i = 0; i < 10; i++) seen.push(await trainer.trainStep(images, labels).loss.item());
  trainer.trainStep.dispose();
  return seen;
}

describe('Trainer({ precision: "f16" })', () => {
  it("gives ten losses near those of f32", async () => {
    const [full, low] = [await losses("f32"), await losses("f16")];
    expect(full[9]!).toBeLessThan(0.5 * full[0]!);
    full.forEach((loss, i) => {
      expect(Math.abs(low[i]! - loss)).toBeLessThan(1e-2 * Math.max(1, loss));
    });
    if (half()) expect(low).not.toEqual(full);
    expect(await losses("f16", true)).toEqual(low);
  });

  it("takes less memory for activations", () => {
    const at = (precision: "f32" | "f16") =>
      estimateMemory(network(), [3, 16, 16], { batchSize: 64, precision }).step;
    expect(at("f16") / at("f32")).toBeLessThan(half() ? 0.8 : 1.01);
    expect(() => estimateMemory(network(), [3, 16, 16], { precision: mistyped("f8") })).toThrow(
      /precision is "f8"/,
    );
  });

  it("goes on from a checkpoint bit for bit, with accumulation", async () => {
    const options = { epochs: 2, batchSize: 3, accumulate: 2 };
    const make = () => {
      const model = tinyNet();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
      return { model, optimizer, precision: "f16" as const, seed: 3 };
    };
    const whole = new Trainer(make());
    const expected = only(await collect(whole.fit(bars(14), options)), "step").map((e) => e.loss);
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    const first = new Trainer(make());
    const seen: number[] = [];
    for await (const event of first.fit(bars(14), options)) {
      if (event.type === "step") seen.push(event.loss);
      if (event.type === "step" && event.step === 2) break;
    }
    await first.save(store);
    // The step that was in flight when the loop was left is part of the checkpoint.
    const done = first.position.step;
    const second = await Trainer.resume(store, make());
    const rest = only(await collect(second.fit(bars(14), options)), "step").map((e) => e.loss);
    expect(rest).toEqual(expected.slice(done));
    expect(await weights(second.model)).toEqual(await weights(whole.model));
  });
});

describe("GradScaler", () => {
  type Make = (params: Tensor[]) => optim.Optimizer<object>;
  const makers: [string, Make][] = [
    ["SGD", (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, dampening: 0.5 })],
    ["Adam", (p) => new optim.Adam(p, { lr: 0.01, weightDecay: 0.1 })],
    ["RMSprop", (p) => new optim.RMSprop(p, { lr: 0.01, momentum: 0.5 })],
  ];

  /** A parameter of odd and one of even size, whose gradients are the input. */
  function problem(make: Make) {
    const values = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i + n));
    const params = [5, 8].map((n) => tensor(values(n), { requiresGrad: true }));
    const loss = (x: Tensor) => params[0]!.mul(x).sum().add(params[1]!.mul(x).sum());
    const state = async () => ({
      params: await Promise.all(params.map(async (p) => [...(await p.data())])),
      optimizer: await optimizer.stateDict(),
    });
    const optimizer = make(params);
    return { optimizer, loss, state };
  }

  it.each(makers)("skips steps that overflow as if they had not been: %s", async (_, make) => {
    const plain = problem(make);
    const scaled = problem(make);
    const scaler = new optim.GradScaler({ initScale: 1024, growthInterval: 3 });
    const step = capture((x: Tensor) => {
      scaled.optimizer.zeroGrad();
      scaler.scale(scaled.loss(x)).backward();
      scaler.unscale_(scaled.optimizer);
      scaler.step(scaled.optimizer);
      scaler.update();
    });
    const scales: number[] = [];
    for (const x of [Infinity, 1, 0.5, NaN, 2, 1, 1, 0.25, -Infinity, 1]) {
      step(tensor(x));
      scales.push(await scaler.getScale());
      if (Number.isFinite(x)) {
        plain.optimizer.zeroGrad();
        plain.loss(tensor(x)).backward();
        plain.optimizer.step();
      }
      const [a, b] = [await plain.state(), await scaled.state()];
      a.params.flat().forEach((value, i) => {
        expect(Math.abs(b.params.flat()[i]! - value)).toBeLessThan(1e-5);
      });
      const steps = (s: typeof a) => [...s.optimizer.state.values()].map((own) => own.step);
      if (a.optimizer.state.size > 0) expect(steps(b)).toEqual(steps(a));
    }
    expect(scales).toEqual([512, 512, 512, 256, 256, 256, 512, 512, 256, 256]);
    expect(await scaler.stateDict()).toEqual({ scale: 256, goodSteps: 1 });
    step.dispose();
  });

  it("leaves everything untouched, bit for bit", async () => {
    const { optimizer, loss, state } = problem(makers[1]![1]);
    const scaler = new optim.GradScaler();
    const run = (x: number) => {
      optimizer.zeroGrad();
      scaler.scale(loss(tensor(x))).backward();
      scaler.unscale_(optimizer);
      scaler.step(optimizer);
      scaler.update();
    };
    run(1);
    const before = await state();
    run(Number.NaN);
    expect(await state()).toEqual(before);
  });

  it("refuses impossible settings", () => {
    expect(() => new optim.GradScaler({ initScale: 0 })).toThrow(/initScale is 0/);
    expect(() => new optim.GradScaler(mistyped({ scale: 2 }))).toThrow(/unknown option "scale"/);
  });
});

describe("autocast", () => {
  it("gives f16 results and f32 gradients, also of mixed sums", async () => {
    const w = randn([4, 6]).detach().requiresGrad_();
    const bias = randn([4]).detach().requiresGrad_();
    const y = autocast(() => F.linear(randn([3, 6]), w));
    expect(y.dtype).toBe(half() ? "f16" : "f32");
    const z = autocast(() => F.linear(randn([3, 6]), w).add(bias));
    expect(z.dtype).toBe("f32");
    z.sum().backward();
    expect([w.grad!.dtype, bias.grad!.dtype]).toEqual(["f32", "f32"]);
    expect(F.linear(randn([3, 6]), w).dtype).toBe("f32");
    const product = autocast(() => randn([2, 3]).matmul(randn([3, 2])));
    expect(product.dtype).toBe(y.dtype);
  });
});

describe("a step that is skipped", () => {
  it.skipIf(!half())("doesn't move the schedule on", async () => {
    const model = tinyNet({ dropout: 0 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    const schedule = new optim.LinearWarmup(optimizer, 100, 0.01);
    // So large a loss that its gradients overflow at first: the scale halves until they don't.
    const loss = (outputs: Tensor, targets: Tensor) => F.crossEntropy(outputs, targets).mul(1e-3);
    const trainer = new Trainer({ model, optimizer, schedule, loss, precision: "f16" });
    const scaled = { scale: 2 ** 33, goodSteps: 0 };
    const snapshot = await trainer.snapshot();
    trainer.restore({ ...snapshot, scaler: scaled });
    const events = only(await collect(trainer.fit(bars(12), { batchSize: 2, epochs: 4 })), "step");
    expect(events).toHaveLength(24);
    const { state } = await optimizer.stateDict();
    const taken = Math.max(...[...state.values()].map(({ step }) => step));
    expect(taken).toBeLessThan(24);
    expect(taken).toBeGreaterThan(4);
    expect(schedule.count).toBe(taken);
    const rate = (count: number) => 0.01 + 0.99 * (count / 100);
    expect(optimizer.groups[0]!.lr).toBeCloseTo(rate(taken), 6);
  });
});
