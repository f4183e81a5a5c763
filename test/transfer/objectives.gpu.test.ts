import { describe, expect, it } from "vitest";
import { F, manualSeed, nn, optim, randn, type Tensor, tensor, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { expectClose } from "../ops/compare.ts";

describe("jointLoss", () => {
  manualSeed(1); // a draw may give a gradient whose terms nearly cancel, which is mostly rounding
  const trunk = new nn.Linear(4, 5);
  const [sourceHead, targetHead] = [new nn.Linear(5, 3), new nn.Linear(5, 2)];
  const [sourceX, targetX] = [randn([6, 4]), randn([2, 4])];
  const sourceY = tensor(new Int32Array([0, 1, 2, 0, 1, 2]));
  const targetY = tensor(new Int32Array([1, 0]));
  const all = [trunk, sourceHead, targetHead].flatMap((module) => module.parameters());
  const run = (head: nn.Linear, x: Tensor) => head.forward(F.tanh(trunk.forward(x)));
  const losses = () =>
    [
      F.crossEntropy(run(sourceHead, sourceX), sourceY),
      F.crossEntropy(run(targetHead, targetX), targetY),
    ] as const;
  const gradients = async (loss: Tensor) => {
    for (const parameter of all) parameter.grad = null;
    loss.backward();
    return Promise.all(
      all.map(async ({ grad, size }) =>
        grad ? [...(await grad.data())] : new Array(size).fill(0),
      ),
    );
  };

  it("is L_source + λ·L_target, and so are its gradients in trunk and heads", async () => {
    const [source, target] = losses();
    const joint = transfer.jointLoss(source, target, 0.3);
    expect(joint.shape).toEqual([]);
    expect(await joint.item()).toBeCloseTo((await source.item()) + 0.3 * (await target.item()), 6);
    const got = await gradients(joint);
    const [fromSource, fromTarget] = [await gradients(losses()[0]), await gradients(losses()[1])];
    for (const [i, gradient] of got.entries()) {
      const expected = gradient.map((_, k) => fromSource[i]![k]! + 0.3 * fromTarget[i]![k]!);
      expectClose(`gradient ${i}`, gradient, expected, [gradient.length], 1e-5);
    }
    expect(fromSource[4]!.every((v) => v === 0)).toBe(true); // the target's head
    expect(got[4]!.some((v) => v !== 0)).toBe(true);
  });

  it("trains both heads and the trunk, with batches of two sizes", async () => {
    const optimizer = new optim.Adam(all, { lr: 0.05 });
    const total = async () => {
      const [source, target] = losses();
      return (await source.item()) + (await target.item());
    };
    const before = await total();
    for (let i = 0; i < 20; i++) {
      optimizer.zeroGrad();
      transfer.jointLoss(...losses(), 1).backward();
      optimizer.step();
    }
    expect(await total()).toBeLessThan(0.5 * before);
  });

  it("refuses losses that aren't one number, and a λ that isn't finite", () => {
    expect(() => transfer.jointLoss(tensor([1, 2]), tensor([1]), 1)).toThrow(
      /sourceLoss has shape \[2\]; it must be one number/,
    );
    expect(() => transfer.jointLoss(tensor([1]), tensor([[1, 2]]), 1)).toThrow(/targetLoss has/);
    expect(() => transfer.jointLoss(tensor([1]), tensor([1]), Number.NaN)).toThrow(/lambda is NaN/);
  });
});

describe("discriminativeLr", () => {
  const model = () =>
    new nn.Sequential({
      first: new nn.Linear(2, 2),
      act: new nn.ReLU(),
      middle: new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2)),
      head: new nn.Linear(2, 2),
    });
  const rates = (groups: { lr: number }[]) => groups.map(({ lr }) => Number(lr.toFixed(6)));

  it("falls from the head to the input, layer by layer", () => {
    const net = model();
    const groups = transfer.discriminativeLr(net, { lr: 0.1, decay: 0.5 });
    expect(rates(groups)).toEqual([0.0125, 0.025, 0.05, 0.1]);
    expect(groups.flatMap(({ params }) => params)).toEqual(net.parameters());
    expect(rates(transfer.discriminativeLr(net, { lr: 1 }))).toEqual([0.729, 0.81, 0.9, 1]);
    expect(new optim.Adam(groups).groups).toHaveLength(4);
  });

  it("leaves out what is frozen, and lists shared parameters once", () => {
    const net = model();
    transfer.freeze(net, "first");
    expect(rates(transfer.discriminativeLr(net, { lr: 1, decay: 0.5 }))).toEqual([0.25, 0.5, 1]);
    net.set("head", net.get("middle.0"));
    const groups = transfer.discriminativeLr(net, { lr: 1 });
    expect(() => new optim.SGD(groups, { lr: 1 })).not.toThrow();
    transfer.freeze(net);
    expect(() => transfer.discriminativeLr(net, { lr: 1 })).toThrow(/every parameter is frozen/);
  });

  it("refuses rates and decays that make no sense", () => {
    expect(() => transfer.discriminativeLr(model(), { lr: 0 })).toThrow(/lr must be positive/);
    expect(() => transfer.discriminativeLr(model(), { lr: 1, decay: 2 })).toThrow(/decay must be/);
    const unknown = mistyped({ lr: 1, factor: 2 });
    expect(() => transfer.discriminativeLr(model(), unknown)).toThrow(/factor/);
  });
});
