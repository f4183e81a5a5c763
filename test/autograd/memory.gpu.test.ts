import { beforeEach, describe, expect, it } from "vitest";
import {
  advanceGeneration,
  enableGrad,
  F,
  noGrad,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { nn } from "../../src/index.ts";
import { SGD } from "../../src/optim/index.ts";
import { collectAll, collectUntil } from "./collect_garbage.ts";

const live = () => currentDevice().memory().liveBuffers;
const liveBytes = () => currentDevice().memory().liveBytes;

/** Garbage of earlier tests must not go away while a test counts. */
beforeEach(async () => {
  await collectAll(live);
});

describe("what is kept for backward", () => {
  it("is nothing below the lowest trainable tensor", () => {
    const x = zeros([1000]);
    const before = live();
    const y = scope(() => x.exp().mul(2).exp().add(1)); // nothing to be trained: only the result stays
    expect(live() - before).toBe(1);
    y.dispose();
    expect(live()).toBe(before);
  });

  it("is only what the trained inputs' gradients need", () => {
    const [x, w] = [zeros([1000]), zeros([1000], { requiresGrad: true })];
    const before = live();
    // mul keeps x for w's gradient; the product itself is needed by nobody
    const y = scope(() => x.add(1).mul(w).add(3));
    expect(live() - before).toBe(2); // x + 1 and the result
    y.sum().backward();
    expect(live() - before).toBe(1 + 1 + 1); // result, its sum, w.grad
  });

  it("is freed by backward, unless retained", () => {
    const w = zeros([1000], { requiresGrad: true });
    const before = live();
    const loss = scope(() => w.exp().exp().sum());
    const kept = live() - before;
    expect(kept).toBe(3); // two exponentials and the loss
    loss.backward(null, { retainGraph: true });
    expect(live() - before).toBe(kept + 1);
    w.grad = null;
    loss.backward();
    expect(live() - before).toBe(1 + 1); // the loss and w.grad
  });

  it("is freed when the graph is dropped without backward", async () => {
    const w = zeros([1000], { requiresGrad: true });
    const before = live();
    (() => {
      w.exp().exp().sum();
    })();
    expect(live()).toBeGreaterThan(before);
    await collectUntil(() => live() === before);
  });

  it("is freed when backward fails half way", () => {
    const [a, b] = [zeros([64], { requiresGrad: true }), zeros([64], { requiresGrad: true })];
    const first = scope(() => a.exp().sum());
    first.backward();
    const second = scope(() => first.mul(b.exp().sum()));
    const before = live();
    expect(() => second.backward()).toThrow(/already freed/);
    expect(live()).toBe(before);
    expect(b.grad).toBeNull();
  });
});

describe("noGrad and scope", () => {
  it("free what was made in them, except what they return", async () => {
    const x = tensor([1, 2, 3]);
    const before = live();
    const { sum, list } = noGrad(() => {
      const y = x.mul(2).add(1);
      return { sum: y.sum(), list: [y] };
    });
    expect(live() - before).toBe(2);
    expect(await sum.item()).toBe(15);
    expect(await list[0]!.data()).toEqual(new Float32Array([3, 5, 7]));
  });

  it("free everything when they throw", () => {
    const x = tensor([1, 2, 3]);
    const before = live();
    expect(() =>
      scope(() => {
        x.exp().add(tensor([1, 2]));
      }),
    ).toThrow(/broadcast/);
    expect(live()).toBe(before);
  });

  it("keep what outer gradients need", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const loss = scope(() => w.exp().square().sum());
    loss.backward();
    const [a, b] = await w.grad!.data();
    expect(a).toBeCloseTo(2 * Math.exp(2), 4);
    expect(b).toBeCloseTo(2 * Math.exp(4), 3);
  });

  it.each([
    ["noGrad", noGrad],
    ["scope", scope],
  ])("%s leaves a model made in it its parameters and buffers", async (_, region) => {
    const layers = () => new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm2d(3));
    let model: nn.Sequential | null = null;
    region(() => {
      model = region(layers);
      model.get("0").parameters()[0]!.add(1); // what is computed isn't kept
    });
    const own = Object.values(model!.stateDict());
    expect(own).toHaveLength(6);
    for (const tensor of own) expect(await tensor.data()).toHaveLength(tensor.size);
  });

  it("can be nested, and recording switched on again", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const inner = noGrad(() => enableGrad(() => w.mul(2)));
    expect(inner.requiresGrad).toBe(true);
    const before = live();
    const kept = scope(() => scope(() => w.mul(2).mul(3)).add(1));
    expect(live() - before).toBe(1);
    expect(kept.requiresGrad).toBe(true);
  });

  it("last through an async function", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const later = noGrad(async () => {
      await Promise.resolve();
      return w.mul(2);
    });
    expect((await later).requiresGrad).toBe(false);
    expect(w.mul(2).requiresGrad).toBe(true);
  });
});

describe("tensors", () => {
  it("share memory after reshape and detach, until the last goes", () => {
    const before = live();
    const x = zeros([6]);
    const [view, cut] = [x.reshape([2, 3]), x.detach()];
    expect(live() - before).toBe(1);
    x.dispose();
    view.dispose();
    expect(live() - before).toBe(1);
    cut.dispose();
    cut.dispose();
    expect(live()).toBe(before);
  });

  it("are freed when collected", async () => {
    const before = live();
    (() => zeros([1000]).exp())();
    expect(live()).toBeGreaterThan(before);
    await collectUntil(() => live() === before);
  });
});

describe("a training loop", () => {
  const w1 = () => zeros([8, 16], { requiresGrad: true });

  it("holds the same buffers from the second step on, without help", async () => {
    const params = [w1(), zeros([1, 8], { requiresGrad: true })];
    const optimizer = new SGD(params, { lr: 0.01, momentum: 0.5 });
    const counts: number[] = [];
    const bytes: number[] = [];
    const losses: Tensor[] = [];
    for (let step = 0; step < 30; step++) {
      const input = tensor(
        Float32Array.from({ length: 64 }, (_, i) => Math.sin(i + step)),
        {
          shape: [4, 16],
        },
      );
      optimizer.zeroGrad();
      const hidden = F.relu(F.linear(input, params[0]!).add(0.1));
      const loss = F.linear(hidden, params[1]!).sub(1).square().mean();
      loss.backward();
      optimizer.step();
      losses.push(loss);
      input.dispose();
      if (step % 10 === 9) await loss.item();
      counts.push(live());
      bytes.push(liveBytes());
    }
    const first = await losses[0]!.item();
    const last = await losses.at(-1)!.item();
    expect(last).toBeLessThan(first);
    // Garbage collection may take away more at any time, but never may there be more.
    expect(Math.max(...counts.slice(2))).toBeLessThanOrEqual(counts[1]!);
    expect(Math.max(...bytes.slice(2))).toBeLessThanOrEqual(bytes[1]!);
  });

  it("lets losses be worked with long after their steps", async () => {
    const w = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 0.5 });
    const losses = Array.from({ length: 6 }, () => {
      optimizer.zeroGrad();
      const loss = w.sum();
      loss.backward();
      optimizer.step();
      return loss;
    });
    const sum = losses.reduce((total, loss) => total.add(loss.detach()), tensor(0));
    expect(await sum.item()).toBe(1 + 0.5 + 0 - 0.5 - 1 - 1.5);
    expect(await losses[0]!.mul(3).item()).toBe(3);
    expect(await losses[0]!.item()).toBe(1);
    losses[1]!.dispose();
    await expect(losses[1]!.data()).rejects.toThrow(/was freed/);
  });

  it("lets activations be read after the step, but not for ever", async () => {
    const w = zeros([4], { requiresGrad: true });
    const y = w.add(2);
    y.square().sum().backward();
    advanceGeneration();
    expect(await y.data()).toEqual(new Float32Array([2, 2, 2, 2]));
    advanceGeneration();
    expect(y.disposed).toBe(true);
    expect(() => y.mul(2)).toThrow(/belongs to a training step that is over/);
  });
});
