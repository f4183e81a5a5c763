import { describe, expect, it } from "vitest";
import { capture, type Tensor, tensor } from "../../src/autograd/index.ts";
import { Adam, SGD } from "../../src/optim/index.ts";

describe("an optimizer in a captured step", () => {
  /** The same training with and without capture; `change` runs before each step. */
  async function compare(
    make: (params: Tensor[]) => SGD | Adam,
    change: (optimizer: SGD | Adam, i: number) => void,
  ) {
    const runs = [0, 1].map(() => {
      const w = tensor([1, -2, 3, 4, 5], { requiresGrad: true });
      const optimizer = make([w]);
      const train = () => {
        optimizer.zeroGrad();
        w.square().mean().backward();
        optimizer.step();
      };
      return { w, optimizer, train };
    });
    const [eager, captured] = runs as [(typeof runs)[0], (typeof runs)[0]];
    const step = capture(captured.train);
    for (let i = 0; i < 6; i++) {
      for (const { optimizer } of runs) change(optimizer, i);
      eager.train();
      step();
      expect(await captured.w.data()).toEqual(await eager.w.data());
    }
    step.dispose();
  }

  it("takes momentum that is given later, as PyTorch does", async () => {
    await compare(
      (params) => new SGD(params, { lr: 0.1, dampening: 0.5 }),
      ({ groups }, i) => i === 2 && Object.assign(groups[0]!, { momentum: 0.9 }),
    );
    const w = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 0.1 });
    const step = capture(() => {
      optimizer.zeroGrad();
      w.mul(2).sum().backward();
      optimizer.step();
    });
    step(); // 1 − 0.2
    optimizer.groups[0]!.momentum = 0.9;
    step(); // the buffer begins with the gradient, 2
    step(); // 0.9 · 2 + 2
    expect(await w.item()).toBeCloseTo(1 - 0.2 - 0.2 - 0.38, 5);
    step.dispose();
  });

  it("takes amsgrad and nesterov that are set later", async () => {
    await compare(
      (params) => new Adam(params, { lr: 0.1 }),
      ({ groups }, i) => i === 3 && Object.assign(groups[0]!, { amsgrad: true }),
    );
    await compare(
      (params) => new SGD(params, { lr: 0.1, momentum: 0.9 }),
      ({ groups }, i) => i === 3 && Object.assign(groups[0]!, { nesterov: true }),
    );
  });

  it("updates the parameters that have a gradient at this call", async () => {
    const nets = [0, 1].map(() => {
      const params = [1, 2].map((value) => tensor([value], { requiresGrad: true }));
      return { params, optimizer: new SGD(params, { lr: 0.1, momentum: 0.9 }) };
    });
    const step = capture(() => nets[1]!.optimizer.step());
    for (const which of [[0], [1], [0, 1], [1], [], [0]]) {
      for (const { params, optimizer } of nets) {
        optimizer.zeroGrad();
        for (const i of which) params[i]!.square().sum().backward();
      }
      nets[0]!.optimizer.step();
      step();
      for (const i of [0, 1])
        expect(await nets[1]!.params[i]!.item()).toBe(await nets[0]!.params[i]!.item());
    }
    step.dispose();
  });

  it("takes groups that are added", async () => {
    const [a, b] = [tensor([1], { requiresGrad: true }), tensor([1], { requiresGrad: true })];
    const optimizer = new SGD([a], { lr: 0.1 });
    const step = capture(() => {
      optimizer.zeroGrad();
      a.mul(b).sum().backward();
      optimizer.step();
    });
    step();
    expect(await b.item()).toBe(1);
    optimizer.addGroup({ params: [b] });
    b.grad = null;
    step();
    expect(await b.item()).toBeLessThan(1);
    step.dispose();
  });
});
