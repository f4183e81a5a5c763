// A captured step is recorded anew when, and only when, something changed that its recording was made from.
import { describe, expect, it } from "vitest";
import {
  autocast,
  capture,
  F,
  Generator,
  manualSeed,
  noGrad,
  type Tensor,
  tensor,
  withGenerator,
} from "../../src/autograd/index.ts";
import { models, nn } from "../../src/index.ts";
import { Adam, SGD } from "../../src/optim/index.ts";

const ramp = (shape: number[], seed = 0) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(1.3 * i + seed),
    ),
    { shape },
  );

/** A step, captured, and how often it was recorded. */
function counted<Result>(fn: (x: Tensor) => Result) {
  const count = { recordings: 0 };
  const step = capture((x: Tensor) => {
    count.recordings++;
    return fn(x);
  });
  return { step, count };
}

const small = () => new nn.Sequential(new nn.Linear(4, 5), new nn.ReLU(), new nn.Linear(5, 2));

/** Runs a module captured and eagerly after each change, and compares. Returns how often it was recorded. */
async function follows<M extends nn.Module>(
  model: M,
  changes: readonly ((model: M) => void)[],
  shape = [3, 4],
): Promise<number> {
  const { step, count } = counted((x) => model.forward(x) as Tensor);
  for (const change of [() => {}, ...changes]) {
    change(model);
    manualSeed(5);
    const expected = await (model.forward(ramp(shape)) as Tensor).data();
    for (let i = 0; i < 2; i++) {
      manualSeed(5);
      expect(await step(ramp(shape)).data()).toEqual(expected);
    }
  }
  step.dispose();
  return count.recordings;
}

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

describe("a recording is made anew for", () => {
  it("a bias that is taken away", async () => {
    const recordings = await follows(small(), [
      (model) => Object.assign(model.get("2"), { bias: null }),
    ]);
    expect(recordings).toBe(2);
  });

  it("a layer that is replaced, in a list, a property or an array", async () => {
    class Net extends nn.Module {
      first = new nn.Linear(4, 4);
      rest = [new nn.Linear(4, 4), new nn.ReLU()];
      override forward(x: Tensor): Tensor {
        return this.rest.reduce((y, layer) => layer.forward(y) as Tensor, this.first.forward(x));
      }
    }
    await follows(new Net(), [
      (net) => net.set("first", new nn.Linear(4, 4)),
      (net) => net.set("rest.0", new nn.Linear(4, 4)),
      (net) => net.rest.push(new nn.Linear(4, 4)),
    ]);
    await follows(small(), [
      (model) => model.set("0", new nn.Linear(4, 5, { bias: false })),
      (model) => model.append(new nn.Sigmoid()),
    ]);
  });

  it("a layer that is replaced in a network built from a file", async () => {
    const model = new models.GraphModel({
      inputShape: [4],
      fileLayout: "NCHW",
      nodes: [
        { name: "x", op: "input", inputs: [], attrs: {}, weights: {} },
        {
          name: "head",
          op: "linear",
          inputs: ["x"],
          attrs: { inFeatures: 4, outFeatures: 4 },
          weights: { weight: "head.weight" },
        },
      ],
      outputs: ["head"],
    });
    const recordings = await follows(model, [(net) => net.set("head", new nn.Linear(4, 4))]);
    expect(recordings).toBe(2);
  });

  it("settings of layers: p, momentum, eps, slopes, strides", async () => {
    await follows(new nn.Dropout(0.5), [(layer) => Object.assign(layer, { p: 0.1 })]);
    await follows(new nn.BatchNorm1d(4), [
      (layer) => Object.assign(layer, { eps: 0.5 }),
      (layer) => layer.requiresGrad_(false),
      (layer) => layer.requiresGrad_().eval(),
    ]);
    await follows(new nn.LeakyReLU(), [(layer) => Object.assign(layer, { negativeSlope: 0.5 })]);
    const conv = (layer: nn.Conv2d) => Object.assign(layer.options, { stride: 2 });
    await follows(new nn.Conv2d(1, 2, 3, { stride: 1 }), [conv], [1, 1, 6, 6]);
  });

  it("momentum of running statistics", async () => {
    const [eager, captured] = [new nn.BatchNorm1d(4), new nn.BatchNorm1d(4)];
    const step = capture((x: Tensor) => captured.forward(x));
    for (const momentum of [0.1, 0.1, 0.7]) {
      for (const layer of [eager, captured]) Object.assign(layer, { momentum });
      eager.forward(ramp([3, 4]));
      step(ramp([3, 4]));
      expect(await captured.runningVar.data()).toEqual(await eager.runningVar.data());
    }
    step.dispose();
  });

  it("the settings of users' own modules, in TypeScript or not, and of what they extend", async () => {
    class Scaled extends nn.Linear {
      factor = 2;
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(this.factor);
      }
    }
    const recordings = await follows(new Scaled(4, 2), [
      (layer) => Object.assign(layer, { factor: 3 }),
      (layer) => Object.assign(layer, { bias: null }),
    ]);
    expect(recordings).toBe(3);
    const plain = new Function(
      "Module",
      "return class extends Module { constructor() { super(); this.by = 1; } forward(x) { return x.mul(this.by); } }",
    )(nn.Module) as new () => nn.Module;
    await follows(new plain(), [(layer) => Object.assign(layer, { by: 5 })]);
  });

  it("freezing, and a tensor that was given other memory", async () => {
    const w = tensor([1, 2, 3, 4], { requiresGrad: true });
    const { step, count } = counted((x) => x.mul(w).sum());
    expect(await step(ramp([4])).item()).toBeCloseTo(await ramp([4]).mul(w).sum().item(), 5);
    w.replaceArray(tensor([4, 3, 2, 1]).array.share());
    expect(await step(ramp([4])).item()).toBeCloseTo(await ramp([4]).mul(w).sum().item(), 5);
    w.requiresGrad_(false);
    expect(step(ramp([4])).requiresGrad).toBe(false);
    expect(count.recordings).toBe(3);
    step.dispose();
  });

  it("grad mode, half precision and the generator around it", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const { step, count } = counted((x) => F.dropout(x.mul(w), 0.5));
    const run = () => step(ramp([2]));
    run();
    expect(noGrad(run).requiresGrad).toBe(false);
    autocast(run);
    const generator = new Generator(1);
    for (let i = 0; i < 2; i++) withGenerator(generator, run);
    expect(generator.getState()).toEqual({ seed: 1, draws: 2 });
    expect(count.recordings).toBeLessThanOrEqual(4);
    step.dispose();
  });
});

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
    expect(() => step(ramp([2])).backward()).toThrow(
      /ran in a captured step, and replays make no graph; call backward\(\) inside/,
    );
    const y = step(ramp([2]));
    expect(() => y.mul(2).backward()).toThrow(/captured step/);
    step.dispose();
  });
});
