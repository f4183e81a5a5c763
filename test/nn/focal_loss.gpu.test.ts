// Focal loss: the paper's formula in PyTorch, with its gradients.
import { describe, expect, it } from "vitest";
import { nn, optim, Trainer, tensor } from "../../src/index.ts";
import { golden } from "../golden/transfer.ts";
import { uniform } from "../golden/weights.ts";
import { expectClose } from "../ops/compare.ts";
import { bars, tinyNet } from "../train/toy.ts";

const CLASSES = [0, 3, 1, 1, 2];
const oneHot = CLASSES.map((label) => [0, 1, 2, 3].map((c) => (c === label ? 1 : 0)));

function targetsOf(soft: boolean) {
  if (!soft) return tensor(Int32Array.from(CLASSES));
  return tensor(
    oneHot.map((row, i) => row.map((share, c) => 0.7 * share + 0.3 * oneHot[4 - i]![c]!)),
  );
}

describe.each(golden.focal)("gamma $gamma, weights $weight, shares of classes $soft", (given) => {
  it("is PyTorch's, with its gradient", async () => {
    const { gamma, weight, soft, losses, gradient } = given;
    const values = uniform("focal/logits", [5, 4]).map((value) => value * 3);
    const logits = tensor(values, { shape: [5, 4], requiresGrad: true });
    const options = { gamma, weight: weight && tensor(weight) };
    const none = new nn.FocalLoss({ ...options, reduction: "none" });
    const target = targetsOf(soft);
    expectClose("losses", await none.forward(logits, target).data(), losses, [5], 1e-5);
    new nn.FocalLoss(options).forward(logits, target).backward();
    expectClose("gradient", await logits.grad!.data(), gradient, [5, 4], 1e-4);
  });
});

it("trains, and refuses a negative gamma", async () => {
  const model = tinyNet({ dropout: 0 });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.03 });
  const trainer = new Trainer({ model, optimizer, loss: new nn.FocalLoss() });
  const { epochs } = await trainer.fit(bars(24), { epochs: 5, batchSize: 8 });
  expect(epochs.at(-1)!.loss).toBeLessThan(0.5 * epochs[0]!.loss);
  expect(epochs.at(-1)!.accuracy).toBeGreaterThan(0.8);
  expect(() => new nn.FocalLoss({ gamma: -1 })).toThrow(/gamma must be a number of at least 0/);
});
