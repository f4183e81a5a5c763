// What a captured step leaves in `grad` is what the function itself would leave, bit for bit.
import { describe, expect, it } from "vitest";
import { capture, F, type Tensor, tensor } from "../../src/autograd/index.ts";
import { clipGradNorm_, SGD } from "../../src/optim/index.ts";

const input = (step: number) =>
  tensor(
    Float32Array.from({ length: 12 }, (_, i) => Math.sin(i * 1.3 + step)),
    { shape: [3, 4] },
  );

function network() {
  const values = Float32Array.from({ length: 8 }, (_, i) => Math.cos(i * 2.1));
  const w = tensor(values, { shape: [2, 4], requiresGrad: true });
  const optimizer = new SGD([w], { lr: 0.1, momentum: 0.9 });
  const loss = (x: Tensor) => F.linear(x, w).square().mean();
  return { w, optimizer, loss };
}
type Network = ReturnType<typeof network>;

async function expectSame(eager: Network, captured: Network): Promise<void> {
  expect((await captured.w.grad?.data()) ?? null).toEqual((await eager.w.grad?.data()) ?? null);
  expect(await captured.w.data()).toEqual(await eager.w.data());
}

/** Runs the same step eagerly and captured, with `between` after each. */
async function compare(
  step: (net: Network, x: Tensor) => void,
  between: (net: Network, i: number) => void = () => {},
) {
  const [eager, captured] = [network(), network()];
  const replay = capture((x: Tensor) => step(captured, x));
  for (let i = 0; i < 4; i++) {
    const x = i === 2 ? input(i).narrow(0, 0, 2) : input(i);
    step(eager, x);
    replay(x);
    await expectSame(eager, captured);
    between(eager, i);
    between(captured, i);
    await expectSame(eager, captured);
  }
  replay.dispose();
}

describe("gradients of a captured step", () => {
  it("add up where the function doesn't clear them", () =>
    compare(({ loss }, x) => loss(x).backward()));

  it("start afresh when they are cleared between calls", () =>
    compare(
      ({ loss }, x) => loss(x).backward(),
      ({ optimizer }, i) => i % 2 === 0 && optimizer.zeroGrad(),
    ));

  it("start afresh when the function clears them, wherever it does", async () => {
    await compare(({ loss, optimizer }, x) => {
      optimizer.zeroGrad();
      loss(x).backward();
    });
    await compare(({ loss, optimizer }, x) => {
      loss(x).backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  });

  it("are there after every call, also when they were cleared outside", () =>
    compare(
      ({ loss, optimizer }, x) => {
        optimizer.zeroGrad();
        loss(x).backward();
      },
      ({ optimizer }) => optimizer.zeroGrad(),
    ));

  it("go into the optimizer as they add up", () =>
    compare(({ loss, optimizer }, x) => {
      loss(x).backward();
      clipGradNorm_(optimizer.params, 0.5);
      optimizer.step();
    }));

  it("are shared with eager backward passes and with other captured steps", async () => {
    const [eager, captured] = [network(), network()];
    const add = capture((x: Tensor) => captured.loss(x).backward());
    const update = capture(() => {
      captured.optimizer.step();
      captured.optimizer.zeroGrad();
    });
    for (let i = 0; i < 3; i++) {
      for (const { loss } of [eager, captured]) loss(input(9)).backward();
      eager.loss(input(i)).backward();
      add(input(i));
      await expectSame(eager, captured);
      eager.optimizer.step();
      eager.optimizer.zeroGrad();
      update();
      await expectSame(eager, captured);
    }
    for (const step of [add, update]) step.dispose();
  });

  it("change only when the step runs, not when it is compiled", async () => {
    const { w, loss, optimizer } = network();
    loss(input(0)).backward();
    const before = await w.grad!.data();
    const step = capture((x: Tensor) => {
      optimizer.zeroGrad();
      loss(x).backward();
    });
    await step.compile([input(1)]);
    expect(await w.grad!.data()).toEqual(before);
    step.dispose();
    expect(await w.grad!.data()).toEqual(before);
  });

  it("of tensors made inside the function belong to one run", async () => {
    const { loss, w } = network();
    const step = capture((x: Tensor) => {
      const local = x.detach().requiresGrad_();
      w.grad = null;
      loss(local).backward();
      return local.grad!;
    });
    const first = await step(input(1)).data();
    expect(await step(input(1)).data()).toEqual(first);
    step.dispose();
  });
});
