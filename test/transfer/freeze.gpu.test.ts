import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  estimateMemory,
  F,
  nn,
  optim,
  randn,
  scope,
  type Tensor,
  tensor,
  transfer,
} from "../../src/index.ts";

/** A chain of convolutions "features.0" … "features.6" and a linear classifier. */
class Net extends nn.Module {
  readonly features = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.Conv2d(4, 4, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(4, 4, 3, { padding: 1 }),
    new nn.ReLU(),
  );
  readonly pool = new nn.AdaptiveAvgPool2d(1);
  readonly classifier = new nn.Sequential(new nn.Flatten(), new nn.Linear(4, 3));
  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.pool.forward(this.features.forward(x)) as Tensor);
  }
}

const trained = (model: nn.Module) =>
  model
    .namedParameters()
    .filter(([, { requiresGrad }]) => requiresGrad)
    .map(([name]) => name);
const layers = (model: nn.Module) => [
  ...new Set(trained(model).map((n) => n.replace(/\.\w+$/, ""))),
];

describe("freeze and unfreeze understand", () => {
  const cases: [string | RegExp, string[], string[]][] = [
    ["features.0", ["features.0"], ["features.1", "features.3", "features.5", "classifier.1"]],
    ["features", ["features"], ["classifier.1"]],
    ["classifier", ["classifier"], ["features.0", "features.1", "features.3", "features.5"]],
    [
      "features.3-",
      ["features.3", "features.4", "features.5", "features.6"],
      ["features.0", "features.1", "classifier.1"],
    ],
    ["features.-1", ["features.0", "features.1"], ["features.3", "features.5", "classifier.1"]],
    [
      "features.1-3",
      ["features.1", "features.2", "features.3"],
      ["features.0", "features.5", "classifier.1"],
    ],
    ["features-pool", ["features", "pool"], ["classifier.1"]],
    [/features\.[35]$/, ["features.3", "features.5"], ["features.0", "features.1", "classifier.1"]],
    [
      /features\.[35]$/g,
      ["features.3", "features.5"],
      ["features.0", "features.1", "classifier.1"],
    ],
  ];
  it.each(cases)("%s", (pattern, paths, left) => {
    const model = new Net();
    expect(transfer.freeze(model, pattern)).toEqual(paths);
    expect(layers(model)).toEqual(left);
    expect(transfer.unfreeze(model, pattern)).toEqual(paths);
    expect(trained(model)).toHaveLength(10);
  });

  it("single parameters, by path or RegExp", () => {
    const model = new Net();
    expect(transfer.freeze(model, "classifier.1.bias")).toEqual(["classifier.1.bias"]);
    expect(trained(model)).not.toContain("classifier.1.bias");
    expect(transfer.freeze(model, /\.weight$/)).toHaveLength(5);
    expect(trained(model).every((name) => name.endsWith(".bias"))).toBe(true);
    expect(transfer.freeze(model, /^features/)).toEqual(["features"]);
    expect(trained(model)).toEqual([]);
  });

  it("nothing as everything, also what the model itself holds", () => {
    const model = Object.assign(new Net(), { scale: tensor([1], { requiresGrad: true }) });
    expect(transfer.freeze(model)).toEqual(["features", "pool", "classifier"]);
    expect(trained(model)).toEqual([]);
    transfer.unfreeze(model);
    expect(trained(model)).toHaveLength(11);
  });

  it("no pattern that matches nothing, and says what there is", () => {
    const model = new Net();
    expect(() => transfer.freeze(model, "head")).toThrow(
      /no layer matches head; there are features, features\.0.*pool, classifier/,
    );
    expect(() => transfer.freeze(model, "features.9-")).toThrow(/"features" has 0 to 6, not 9/);
    expect(() => transfer.freeze(model, "features.5-2")).toThrow(/no layer matches/);
    expect(() => transfer.freeze(model, "body.0-")).toThrow(/no module "body"/);
    expect(() => transfer.unfreeze(model, /dense/)).toThrow(/no layer matches \/dense\//);
    expect(trained(model)).toHaveLength(10);
  });
});

describe("what is frozen", () => {
  const step = (model: nn.Module, x: Tensor) => {
    const loss = F.crossEntropy(model.forward(x) as Tensor, tensor(new Int32Array([0, 1])));
    loss.backward();
    return loss;
  };

  it("gets no gradient, doesn't change, and its batch norm stands still", async () => {
    const model = new Net();
    transfer.freeze(model, "features");
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    const frozen = async () =>
      Promise.all(Object.values(model.features.stateDict()).map((t) => t.data()));
    const [before, head] = [await frozen(), await model.parameters().at(-1)!.data()];
    for (let i = 0; i < 3; i++) {
      step(model.train(), randn([2, 1, 6, 6]));
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect(model.features.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(await frozen()).toEqual(before);
    expect(await model.parameters().at(-1)!.data()).not.toEqual(head);
  });

  it("in the middle passes gradients on to what trains before it", async () => {
    const model = new Net();
    transfer.freeze(model, "features.1-");
    transfer.freeze(model, "classifier");
    step(model, randn([2, 1, 6, 6]));
    const [weight, ...rest] = model.parameters();
    expect(Math.max(...(await weight!.grad!.abs().data()))).toBeGreaterThan(0);
    expect(rest.slice(1).every(({ grad }) => grad === null)).toBe(true);
  });

  it("costs no activations, in the estimate as on the device", () => {
    const x = randn([2, 1, 32, 32]);
    const held = (model: nn.Module) => {
      const device = currentDevice();
      const before = device.memory().liveBytes;
      device.resetPeakMemory();
      const loss = scope(() => step(model, x));
      const peak = device.memory().peakBytes - before;
      for (const parameter of model.parameters()) parameter.grad = null;
      loss.dispose();
      return peak;
    };
    const model = new Net();
    const measure = () => ({
      estimate: estimateMemory(model, [1, 32, 32], { batchSize: 2 }),
      measured: held(model),
    });
    const all = measure();
    transfer.freeze(model, "features.-4");
    const some = measure();
    transfer.freeze(model, "features");
    const head = measure();
    // The peak may stay where it is: at the workspace of a convolution.
    expect(some.estimate.step).toBeLessThanOrEqual(all.estimate.step);
    expect(head.estimate.step).toBeLessThanOrEqual(some.estimate.step);
    expect(head.estimate.total).toBeLessThan(all.estimate.total);
    expect(head.estimate.optimizer).toBeLessThan(all.estimate.optimizer);
    expect(head.estimate.parameters).toBe(all.estimate.parameters);
    expect(some.measured).toBeLessThanOrEqual(all.measured);
    expect(head.measured).toBeLessThanOrEqual(some.measured);
    expect(head.measured).toBeLessThan(all.measured);
  });
});
