import { describe, expect, it } from "vitest";
import {
  capture,
  F,
  manualSeed,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { SGD } from "../../src/optim/index.ts";
import { counted } from "./counted_step.ts";

const batch = (step: number) =>
  tensor(
    Float32Array.from({ length: 32 }, (_, i) => Math.sin(i * 1.7 + step)),
    { shape: [4, 8] },
  );
const labels = (step: number) => tensor(Int32Array.from({ length: 4 }, (_, i) => (i + step) % 3));

function network() {
  manualSeed(3);
  const make = (shape: number[]) => {
    const t = randn(shape).mul(0.3).detach();
    return t.requiresGrad_();
  };
  const [w1, b1, w2] = [make([16, 8]), make([16]), make([3, 16])];
  const optimizer = new SGD([w1, b1, w2], { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 });
  const train = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(F.linear(F.relu(F.linear(x, w1, b1)), w2), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { w1, optimizer, train };
}

describe("a captured training step", () => {
  it("gives the eager losses and weights, bit for bit", async () => {
    const [eager, captured] = [network(), network()];
    const step = capture(captured.train);
    for (let i = 0; i < 6; i++) {
      const expected = await eager.train(batch(i), labels(i)).item();
      expect(await step(batch(i), labels(i)).item()).toBe(expected);
    }
    expect(await captured.w1.data()).toEqual(await eager.w1.data());
    expect(step.launches).toBeGreaterThan(5);
    step.dispose();
  });

  it("follows a learning rate that changes", async () => {
    const [eager, captured] = [network(), network()];
    const step = capture(captured.train);
    for (let i = 0; i < 5; i++) {
      for (const { optimizer } of [eager, captured]) optimizer.groups[0]!.lr = 0.1 / (i + 1);
      const expected = await eager.train(batch(i), labels(i)).item();
      expect(await step(batch(i), labels(i)).item()).toBe(expected);
    }
    step.dispose();
  });

  it("is recorded anew for another shape, and after freezing", async () => {
    const [eager, captured] = [network(), network()];
    const step = capture(captured.train);
    const compare = async (x: Tensor, y: Tensor) => {
      const expected = await eager.train(x, y).item();
      expect(await step(x, y).item()).toBe(expected);
    };
    await compare(batch(0), labels(0));
    await compare(batch(1).narrow(0, 0, 2), labels(1).narrow(0, 0, 2));
    await compare(batch(2), labels(2));
    for (const { w1 } of [eager, captured]) w1.requiresGrad_(false);
    const frozen = await captured.w1.data();
    await compare(batch(3), labels(3));
    await compare(batch(4), labels(4));
    expect(await captured.w1.data()).toEqual(frozen);
    step.dispose();
  });

  it("allocates nothing and makes no bind group when it is replayed", async () => {
    const { train } = network();
    const step = capture(train);
    const [x, y] = [batch(0), labels(0)];
    await step(x, y).item();
    const before = currentDevice().memory();
    let losses = 0;
    for (let i = 0; i < 20; i++) losses += await step(x, y).item();
    expect(losses).toBeGreaterThan(0);
    expect(currentDevice().memory().liveBuffers).toBeLessThanOrEqual(before.liveBuffers);
    expect(currentDevice().memory().peakBytes).toBe(before.peakBytes);
    step.dispose();
  });

  it("keeps its results when other steps go on eagerly", async () => {
    const [eager, captured] = [network(), network()];
    const step = capture(captured.train);
    const loss = step(batch(0), labels(0));
    const first = await loss.item();
    for (let i = 0; i < 4; i++) eager.train(batch(i), labels(i));
    expect(await loss.item()).toBe(first);
    expect(await step(batch(1), labels(1)).item()).not.toBe(first);
    step.dispose();
  });

  it("gives its memory back when disposed", async () => {
    const { train } = network();
    const [x, y] = [batch(0), labels(0)];
    const step = capture(train);
    await step(x, y).item();
    const held = currentDevice().memory().liveBytes;
    expect(step.bytes).toBeGreaterThan(0);
    step.dispose();
    expect(currentDevice().memory().liveBytes).toBeLessThan(held);
    expect(await step(x, y).item()).toBeGreaterThan(0);
    step.dispose();
  });

  it("takes no memory when it is disposed while it compiles", async () => {
    const { train } = network();
    const [x, y] = [batch(0), labels(0)];
    const step = capture(train);
    const compiling = step.compile([x, y]);
    const held = currentDevice().memory().liveBytes;
    step.dispose();
    await compiling;
    expect(currentDevice().memory().liveBytes).toBeLessThanOrEqual(held);
    expect(await step(x, y).item()).toBeGreaterThan(0);
    step.dispose();
  });

  it("draws other random numbers at each replay", async () => {
    const ones = zeros([1000]).add(1);
    const step = capture((x: Tensor) => F.dropout(x, 0.5, true));
    const first = await step(ones).data();
    const second = await step(ones).data();
    expect(second).not.toEqual(first);
    step.dispose();
  });
});

describe("capture refuses", () => {
  it("async functions", () => {
    const step = capture(async (x: Tensor) => x.mul(2));
    expect(() => step(tensor([1]))).toThrow(/must not be async/);
  });

  it("what the function itself refuses, and records again afterwards", async () => {
    const step = capture((x: Tensor) => x.add(tensor([1, 2, 3])));
    expect(() => step(tensor([1, 2]))).toThrow(/add: shapes \[2\] and \[3\]/);
    expect(await step(tensor([1, 1, 1])).data()).toEqual(new Float32Array([2, 3, 4]));
    step.dispose();
  });
});

describe("a captured step called in another one", () => {
  it("runs as a part of it", async () => {
    const { step: inner, count } = counted((x) => x.mul(2));
    const outer = capture((x: Tensor) => inner(x).add(1));
    for (const value of [1, 5]) expect(await outer(tensor([value])).item()).toBe(2 * value + 1);
    expect(count.recordings).toBe(1);
    expect(inner.launches).toBe(0);
    outer.dispose();
  });
});

describe("what a captured step returns", () => {
  it("says why it can't be differentiated outside", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const step = capture((x: Tensor) => x.mul(w).sum());
    expect(() => step(tensor([0, 1])).backward()).toThrow(
      /ran in a captured step, and replays make no graph; call backward\(\) inside/,
    );
    const y = step(tensor([0, 1]));
    expect(() => y.mul(2).backward()).toThrow(/captured step/);
    step.dispose();
  });
});
