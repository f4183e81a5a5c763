// What nobody holds any more gives its GPU memory back without dispose().
import { beforeEach, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { capture, F, nn, optim, type Tensor, tensor } from "../../src/index.ts";
import { collectAll, collectUntil } from "../autograd/collect_garbage.ts";
import { bars, collect, makeTrainer } from "./toy.ts";

const live = () => currentDevice().memory().liveBytes;

/** Garbage of earlier tests must not go away while a test counts. */
beforeEach(async () => {
  await collectAll(live);
});

const images = (n = 8) =>
  tensor(
    Float32Array.from({ length: n * 300 }, (_, i) => Math.sin(i)),
    { shape: [n, 300] },
  );

/** Runs `use`, in a function of its own so that nothing of it stays on the stack, and waits until its memory is back. */
async function comesBack(use: () => Promise<void>): Promise<void> {
  const before = live();
  let most = 0;
  await (async () => {
    await use();
    most = live();
  })();
  expect(most).toBeGreaterThan(before);
  await collectUntil(() => live() <= before);
}

it("a captured step, while its model lives on", async () => {
  const model = new nn.Sequential(new nn.Linear(300, 50), new nn.ReLU(), new nn.Linear(50, 2));
  await comesBack(async () => {
    const x = images();
    await capture((input: Tensor) => model.forward(input).sum())(x).item();
    x.dispose();
  });
  expect(model.parameters().every(({ disposed }) => !disposed)).toBe(true);
});

it("a captured training step with its optimizer, one that a model refers to included", async () => {
  const model = new nn.Sequential(new nn.Linear(300, 50), new nn.ReLU(), new nn.Linear(50, 2));
  await comesBack(async () => {
    const optimizer = new optim.Adam(model.parameters());
    const owner = {
      share: 1,
      step: capture((x: Tensor) => {
        optimizer.zeroGrad();
        const loss = F.dropout(model.forward(x), 0.1).square().mean().mul(owner.share);
        loss.backward();
        optim.clipGradNorm_(optimizer.params, 1);
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      }),
    };
    for (let i = 0; i < 3; i++) await owner.step(images()).item();
  });
});

it("but not what a step returned and somebody still holds, nor its gradients", async () => {
  const w = tensor([1, 2, 3], { requiresGrad: true });
  const results = await (async () => {
    const step = capture((x: Tensor) => {
      const y = x.mul(w);
      y.sum().backward();
      return { y, twice: y.mul(2) };
    });
    return step(tensor([1, 1, 2]));
  })();
  await collectUntil(() => true);
  await collectUntil(() => true);
  await images().mul(2).data();
  expect(await results.twice.data()).toEqual(new Float32Array([2, 4, 12]));
  expect(await w.grad!.data()).toEqual(new Float32Array([1, 1, 2]));
});

it("a model that was trained by hand", async () => {
  const train = async () => {
    const model = new nn.Sequential(new nn.Linear(300, 50), new nn.ReLU(), new nn.Linear(50, 2));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    for (let i = 0; i < 4; i++) {
      optimizer.zeroGrad();
      model.forward(images()).square().mean().backward();
      optimizer.step();
    }
  };
  await train(); // takes memory once in which losses stay readable
  await collectUntil(() => true);
  await comesBack(train);
});

it("a captured step that its own module holds", () =>
  comesBack(async () => {
    class Net extends nn.Module {
      head = new nn.Linear(300, 2);
      step = capture((x: Tensor) => {
        const loss = this.forward(x).square().mean();
        loss.backward();
        return loss;
      });
      override forward(x: Tensor): Tensor {
        return this.head.forward(x);
      }
    }
    const net = new Net();
    for (let i = 0; i < 3; i++) await net.step(images()).item();
  }));

it.each([
  ["", 1, "f32"],
  [" that accumulated gradients", 2, "f32"],
  [" in half precision", 1, "f16"],
] as const)("a used Trainer%s with its model", (_, accumulate, precision) =>
  comesBack(async () => {
    const trainer = makeTrainer({ clipGradNorm: 1, precision });
    const validation = bars(16);
    await collect(trainer.fit(bars(32), { epochs: 2, batchSize: 8, accumulate, validation }));
    await trainer.predict(bars(8));
  }),
);
