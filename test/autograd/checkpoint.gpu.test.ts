// Values computed again for backward give the same gradients, bit for bit.
import { describe, expect, it } from "vitest";
import {
  capture,
  checkpoint,
  F,
  manualSeed,
  type Tensor,
  tensor,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { SGD } from "../../src/optim/index.ts";

const wave = (shape: number[], phase: number) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i + phase)),
    { shape },
  );

type Run = (fn: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]) => Tensor;
const plainly: Run = (fn, ...inputs) => fn(...inputs);

function network(run: Run) {
  const make = (shape: number[], phase: number) => wave(shape, phase).requiresGrad_();
  const [w1, w2, w3] = [make([16, 8], 1), make([16, 16], 2), make([3, 16], 3)];
  const [mean, variance] = [wave([16], 4), wave([16], 5).square().detach()];
  const block = (w: Tensor) => (x: Tensor) => {
    const y = F.batchNorm(F.linear(x, w), {
      runningMean: mean,
      runningVar: variance,
      training: true,
    });
    return F.dropout(F.relu(y), 0.4);
  };
  const optimizer = new SGD([w1, w2, w3], { lr: 0.1 });
  const step = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const hidden = run(block(w1), x);
    const deep = run((a, b) => block(w2)(a).add(b), hidden, hidden);
    const loss = F.crossEntropy(F.linear(deep, w3), y);
    loss.backward();
    return loss;
  };
  const state = async () =>
    Promise.all([w1.grad!, w2.grad!, w3.grad!, mean, variance].map((t) => t.data()));
  return { step, state, optimizer };
}

const labels = tensor(new Int32Array([0, 1, 2, 1, 0]));

/** Losses, gradients and running statistics of some steps. */
async function course(run: Run, captured: boolean): Promise<unknown[]> {
  manualSeed(11);
  const { step, state, optimizer } = network(run);
  const all = captured
    ? capture((x: Tensor, y: Tensor) => {
        const loss = step(x, y);
        optimizer.step();
        return loss;
      })
    : null;
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const loss = (all ?? step)(wave([5, 8], i), labels);
    if (!all) optimizer.step();
    seen.push(await loss.item(), await state());
  }
  all?.dispose();
  return seen;
}

describe("checkpoint", () => {
  it("gives the same losses, gradients, random numbers and running statistics", async () => {
    const expected = await course(plainly, false);
    expect(await course(checkpoint, false)).toEqual(expected);
    expect(await course(checkpoint, true)).toEqual(expected);
    const nested: Run = (fn, ...inputs) =>
      checkpoint((...outer) => checkpoint((...inner) => fn(...inner), ...outer), ...inputs);
    expect(await course(nested, true)).toEqual(expected);
  });

  it("keeps the inputs only", async () => {
    const w = wave([64, 64], 0).requiresGrad_();
    const layers = (x: Tensor) => {
      let y = x;
      for (let i = 0; i < 6; i++) y = F.tanh(F.linear(y, w));
      return y;
    };
    const peak = (run: Run) => {
      const step = capture((x: Tensor) => {
        let y = x;
        for (let i = 0; i < 5; i++) y = run(layers, y);
        w.grad = null;
        y.sum().backward();
      });
      step(wave([256, 64], 1));
      const { bytes } = step;
      step.dispose();
      return bytes;
    };
    expect(peak(checkpoint)).toBeLessThan(0.5 * peak(plainly));
  });

  it("passes gradients to wanted inputs, and zeros to unused ones", async () => {
    const [a, b] = [wave([4], 0).requiresGrad_(), wave([4], 1).requiresGrad_()];
    const c = wave([4], 2);
    checkpoint((x, _, z) => x.mul(z), a, b, c)
      .sum()
      .backward();
    expect(await a.grad!.data()).toEqual(await c.data());
    expect(await b.grad!.data()).toEqual(new Float32Array(4));
    expect(c.grad).toBeNull();
  });

  it("leaves alone what has no gradient", async () => {
    const x = wave([4], 0);
    expect(checkpoint((y) => y.mul(2), x).requiresGrad).toBe(false);
    const w = wave([4], 1).requiresGrad_();
    expect(checkpoint((y) => y, w)).toBe(w);
  });

  it("runs backward twice with retainGraph and leaks nothing", async () => {
    const w = wave([4], 1).requiresGrad_();
    const out = checkpoint((x) => F.dropout(x.square(), 0.5), w).sum();
    out.backward(null, { retainGraph: true });
    const once = await w.grad!.data();
    out.backward();
    expect(await w.grad!.data()).toEqual(once.map((value) => 2 * value));
    expect(() => out.backward()).toThrow(/already freed/);
    const { step, optimizer } = network(checkpoint);
    const counts: number[] = [];
    for (let i = 0; i < 12; i++) {
      step(wave([5, 8], 1), labels);
      optimizer.step();
      counts.push(currentDevice().memory().liveBuffers);
    }
    expect(counts[11]! - counts[5]!).toBeLessThanOrEqual(2 * 6); // the inputs made here
  });

  it("refuses a computed tensor that is no input", () => {
    const w = wave([4], 1).requiresGrad_();
    const squared = w.square();
    expect(() => checkpoint((x) => x.mul(squared), wave([4], 0))).toThrow(
      /uses a tensor from outside that "square" computed; pass it as an input/,
    );
  });
});
