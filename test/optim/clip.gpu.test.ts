import { describe, expect, it } from "vitest";
import { capture, nn, optim, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { expectClose } from "../ops/compare.ts";

const leaf = (values: number[]) => tensor(values, { requiresGrad: true });
const values = async (t: Tensor) => [...(await t.data())];

describe("clipGradNorm_", () => {
  it("scales all gradients together and returns the norm before", async () => {
    const [a, b] = [leaf([0, 0]), leaf([0])];
    a.mul(tensor([3, 0]))
      .sum()
      .backward();
    b.mul(4).sum().backward();
    const norm = optim.clipGradNorm_([a, b, leaf([9])], 1);
    expect(norm.shape).toEqual([]);
    expect(await norm.item()).toBeCloseTo(5, 5);
    expectClose("a", await a.grad!.data(), [0.6, 0], [2], 1e-5);
    expectClose("b", await b.grad!.data(), [0.8], [1], 1e-5);
  });

  it("leaves gradients below the limit as they are", async () => {
    const a = leaf([0, 0]);
    a.mul(tensor([0.3, -0.4]))
      .sum()
      .backward();
    const before = await values(a.grad!);
    optim.clipGradNorm_([a], 0.6);
    expect(await values(a.grad!)).toEqual(before);
  });

  it("refuses a limit that isn't positive", () => {
    expect(() => optim.clipGradNorm_([leaf([1])], 0)).toThrow(/maxNorm must be positive, not 0/);
  });

  it("gives 0 where nothing has a gradient", async () => {
    const norm = optim.clipGradNorm_([leaf([1])], 1);
    expect(norm.shape).toEqual([]);
    expect(await norm.item()).toBe(0);
  });

  it("takes one tensor, and refuses a model in place of its parameters", async () => {
    const w = leaf([3, 4]);
    w.square().sum().backward(); // a gradient of [6, 8]
    expect(await optim.clipGradNorm_(w, 5).item()).toBeCloseTo(10, 5);
    const chain = new nn.Sequential(new nn.ReLU());
    expect(() => optim.clipGradNorm_(mistyped(chain), 1)).toThrow(
      /clipGradNorm_: a parameter must be a tensor, not ReLU/,
    );
    expect(() => optim.clipGradNorm_(mistyped(new nn.ReLU()), 1)).toThrow(
      /clipGradNorm_: expects a list of tensors, as model.parameters\(\)/,
    );
  });

  it("works on many values, and in a captured step", async () => {
    const w = tensor(new Float32Array(10_000).fill(1), { requiresGrad: true });
    const step = capture((scale: Tensor) => {
      w.grad = null;
      w.mul(scale).sum().backward();
      const norm = optim.clipGradNorm_([w], 2);
      return { norm, largest: w.ownGrad!.amax() };
    });
    for (const scale of [5, 0.001]) {
      const { norm, largest } = step(tensor([scale]));
      expect(await norm.item()).toBeCloseTo(scale * 100, 2);
      expect(await largest.item()).toBeCloseTo(Math.min(scale, 0.02), 5);
    }
  });
});

describe("clipGradValue_", () => {
  it("limits each element of each gradient, in a captured step too", async () => {
    const [a, b] = [leaf([0, 0, 0]), leaf([0])];
    const step = capture((scale: Tensor) => {
      a.grad = null;
      b.grad = null;
      a.mul(scale).sum().add(b.mul(9).sum()).backward();
      optim.clipGradValue_([a, b, leaf([1])], 0.5);
    });
    step(tensor([3, -0.25, -4]));
    expect(await values(a.grad!)).toEqual([0.5, -0.25, -0.5]);
    expect(await values(b.grad!)).toEqual([0.5]);
    step(tensor([0.1, 0, 1]));
    expectClose("a", await a.grad!.data(), [0.1, 0, 0.5], [3], 1e-6);
  });

  it("refuses a limit that isn't positive, and what is no list of tensors", () => {
    expect(() => optim.clipGradValue_([leaf([1])], -1)).toThrow(/clipValue must be positive/);
    expect(() => optim.clipGradValue_(mistyped(new nn.ReLU()), 1)).toThrow(
      /clipGradValue_: expects a list of tensors/,
    );
  });
});
