// What leaves the recording of a captured step as it is. What doesn't: recording_anew.gpu.test.ts.
import { describe, expect, it } from "vitest";
import { F, noGrad, type Tensor, tensor } from "../../src/autograd/index.ts";
import { nn } from "../../src/index.ts";
import { Adam, SGD } from "../../src/optim/index.ts";
import { counted, ramp, small } from "./counted_step.ts";

describe("a recording holds", () => {
  it("whatever is done to other models", () => {
    const [model, other] = [small(), small()];
    const { step, count } = counted((x) => model.forward(x));
    step(ramp([3, 4]));
    small().eval();
    other.requiresGrad_(false);
    other.set("0", new nn.Linear(4, 5));
    const loss = F.mseLoss(other.requiresGrad_().forward(ramp([3, 4])), ramp([3, 2]));
    const optimizer = new SGD(other.parameters(), { lr: 0.1 });
    loss.backward();
    optimizer.step();
    step(ramp([3, 4]));
    expect(count.recordings).toBe(1);
    step.dispose();
  });

  it("when the function itself changes the mode and puts it back", () => {
    const model = small();
    const { step, count } = counted((x) => {
      model.eval();
      const y = model.forward(x);
      model.train();
      return y;
    });
    for (let i = 0; i < 3; i++) step(ramp([3, 4]));
    expect(count.recordings).toBe(1);
    expect(step.isRecorded(ramp([3, 4]))).toBe(true);
    expect(step.isRecorded(ramp([2, 4]))).toBe(false);
    step.dispose();
  });

  it("for training and for evaluation side by side", async () => {
    const model = new nn.Sequential(new nn.Linear(4, 5), new nn.BatchNorm1d(5), new nn.Dropout());
    const { step, count } = counted((x) => noGrad(() => model.forward(x)));
    const x = ramp([3, 4]);
    for (let i = 0; i < 4; i++) {
      model.train();
      await step(x).data();
      model.eval();
      const expected = await noGrad(() => model.forward(x)).data();
      expect(await step(x).data()).toEqual(expected);
    }
    expect(count.recordings).toBe(2);
    step.dispose();
  });

  it("while learning rates and betas move, which it follows", async () => {
    const weights = () => tensor([1, -2, 3], { requiresGrad: true });
    const [eager, captured] = [weights(), weights()];
    const optimizers = [eager, captured].map((w) => new Adam([w], { lr: 0.1 }));
    const train = (w: Tensor, optimizer: Adam) => {
      optimizer.zeroGrad();
      w.square().sum().backward();
      optimizer.step();
    };
    const { step, count } = counted(() => train(captured, optimizers[1]!));
    for (let i = 0; i < 4; i++) {
      for (const { groups } of optimizers)
        Object.assign(groups[0]!, { lr: 0.1 / (i + 1), betas: [0.5 + 0.1 * i, 0.99], eps: 1e-3 });
      train(eager, optimizers[0]!);
      step(ramp([1]));
      expect(await captured.data()).toEqual(await eager.data());
    }
    expect(count.recordings).toBe(1);
    step.dispose();
  });
});
