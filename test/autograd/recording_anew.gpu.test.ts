// A captured step is recorded anew when something changed that its recording was made from.
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
import { counted, ramp, small } from "./counted_step.ts";

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
