// What a captured training step of whole modules must keep to; the mechanics are in capture.gpu.test.ts.
import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { capture, F, manualSeed, nn, optim, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { collectUntil } from "./collect_garbage.ts";

const live = () => currentDevice().memory().liveBuffers;
const images = (n: number, seed: number) =>
  tensor(
    Float32Array.from({ length: n * 32 }, (_, i) => Math.sin(i * 0.7 + seed)),
    { shape: [n, 2, 4, 4] },
  );
const labels = (n: number, seed: number) =>
  tensor(Int32Array.from({ length: n }, (_, i) => (i + seed) % 3));

class Net extends nn.Sequential {
  constructor() {
    super({
      conv: new nn.Conv2d(2, 4, 3, { padding: 1, bias: false }),
      bn: new nn.BatchNorm2d(4),
      relu: new nn.ReLU(),
      pool: new nn.MaxPool2d(2),
      flatten: new nn.Flatten(),
      drop: new nn.Dropout(0.3),
      head: new nn.Linear(16, 3),
    });
  }
}

function network() {
  manualSeed(1);
  const model = new Net();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const train = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, optimizer, train };
}

const everything = async (model: nn.Module) =>
  Promise.all(Object.values(model.stateDict()).map((t) => t.data()));

/** The losses of a run with dropout, and the weights and running statistics after it. */
async function run(
  mode: "eager" | "captured",
  steps: number,
  between?: (i: number, m: Net) => void,
) {
  const { model, train } = network();
  const step = mode === "captured" ? capture(train) : train;
  manualSeed(9);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    between?.(i, model);
    losses.push(await step(images(4, i), labels(4, i)).item());
  }
  return { losses, state: await everything(model) };
}

describe("a captured step of a network with batch norm and dropout", () => {
  it("equals the eager one bit for bit, random numbers included", async () => {
    const eager = await run("eager", 6);
    expect(new Set(eager.losses).size).toBe(6);
    expect(await run("captured", 6)).toEqual(eager);
  });

  it("follows freezing, thawing, train and eval between its calls", async () => {
    const change = (i: number, model: Net) => {
      if (i === 1) model.get("conv").requiresGrad_(false);
      if (i === 2) model.get("bn").requiresGrad_(false);
      if (i === 3) model.eval();
      if (i === 4) model.train().requiresGrad_(true);
    };
    const [captured, eager] = [await run("captured", 6, change), await run("eager", 6, change)];
    const numbers = ({ losses, state }: typeof eager) => [losses, ...state].flatMap((t) => [...t]);
    numbers(captured).forEach((value, i) => {
      // Not bit for bit: frozen, the normalisation folds into the convolution.
      expect(value).toBeCloseTo(numbers(eager)[i]!, 5);
    });
  });

  it("follows a layer that is replaced", async () => {
    const change = (i: number, model: Net) => {
      if (i === 2) model.set("relu", new nn.Tanh());
    };
    expect(await run("captured", 4, change)).toEqual(await run("eager", 4, change));
  });

  it("draws other numbers at each replay, the same for the same seed", async () => {
    const { model } = network();
    const step = capture((x: Tensor) => model.forward(x));
    const x = images(4, 0);
    manualSeed(4);
    const [first, second] = [await step(x).data(), await step(x).data()];
    expect(second).not.toEqual(first);
    manualSeed(4);
    expect(await step(x).data()).toEqual(first);
  });
});

describe("inputs of a captured step", () => {
  it("are copied: neither overwritten nor held", async () => {
    const step = capture((x: Tensor) => {
      const y = x.mul(2);
      return { y, same: x };
    });
    const inputs = [tensor([1, 2]), tensor([3, 4])];
    for (const x of inputs) step(x);
    expect(await inputs[0]!.data()).toEqual(new Float32Array([1, 2]));
    expect(await step(inputs[1]!).y.data()).toEqual(new Float32Array([6, 8]));
    expect(await step(inputs[0]!).same.data()).toEqual(new Float32Array([1, 2]));
    expect(inputs[0]!.disposed).toBe(false);
  });
});

describe("memory", () => {
  beforeEach(() => collectUntil(() => true));

  it("is constant over 200 steps of two shapes", async () => {
    const { train } = network();
    const step = capture(train);
    const inputs = [4, 3].map((n) => [images(n, 0), labels(n, 0)] as const);
    for (const [x, y] of inputs) step(x, y);
    const before = live();
    for (let i = 0; i < 200; i++) step(...inputs[i % 2]!);
    await currentDevice().synchronize();
    expect(live()).toBeLessThanOrEqual(before); // less when the collector frees an earlier test's tensors
    step.dispose();
  });

  it("is the same after recording again and again", async () => {
    const { model, train } = network();
    const step = capture(train);
    const [x, y] = [images(4, 0), labels(4, 0)];
    const counts: number[] = [];
    for (let i = 0; i < 6; i++) {
      Object.assign(model, { note: i }); // a recording doesn't hold after this
      step(x, y);
      counts.push(live());
    }
    expect(Math.max(...counts.slice(1))).toBe(counts[1]);
    step.dispose();
    expect(live()).toBeLessThan(counts[1]!);
  });

  it("given back leaves gradients and losses their values, and other results none", async () => {
    const { model, train } = network();
    const step = capture((x: Tensor, y: Tensor) => ({ loss: train(x, y), twice: x.mul(2) }));
    const { loss, twice } = step(images(4, 0), labels(4, 0));
    const gradient = model.parameters()[0]!.grad!;
    const values = [await gradient.data(), await loss.data()];
    step.dispose();
    await images(4, 1).mul(2).data(); // takes memory that was given back
    expect([await gradient.data(), await loss.data()]).toEqual(values);
    await expect(twice.data()).rejects.toThrow(/was freed/);
  });
});

describe("mistakes", () => {
  it("in the function leave everything usable", async () => {
    const { model, train } = network();
    let broken = true;
    const step = capture((x: Tensor, y: Tensor) => {
      const loss = train(x, y);
      if (broken) throw new Error("half way");
      return loss;
    });
    expect(() => step(images(4, 0), labels(4, 0))).toThrow("half way");
    expect(await tensor([1, 2]).add(1).data()).toEqual(new Float32Array([2, 3]));
    const before = await everything(model);
    expect(before.flatMap((t) => [...t]).every(Number.isFinite)).toBe(true);
    broken = false;
    expect(await step(images(4, 0), labels(4, 0)).item()).toBeGreaterThan(0);
    expect(await everything(model)).not.toEqual(before);
  });

  it("such as reading a value inside are named", async () => {
    for (const read of [(y: Tensor) => y.data(), (y: Tensor) => y.item()]) {
      const step = capture((x: Tensor) => {
        const y = x.mul(2);
        read(y);
        return y;
      });
      expect(() => step(tensor([1]))).toThrow(
        /can't be read inside a captured step: return the tensor/,
      );
    }
    expect(() => capture((x: Tensor) => x)(mistyped(3))).toThrow(
      /capture: input 0 must be a tensor, not 3/,
    );
    const step = capture(async (x: Tensor) => {
      await x.item();
      return x;
    });
    expect(() => step(tensor([1]))).toThrow(/the function must not be async/);
    expect(await tensor([1]).mul(2).item()).toBe(2); // and nothing is recorded any more
  });
});
