import { describe, expect, it } from "vitest";
import {
  data,
  F,
  models,
  nn,
  noGrad,
  optim,
  type Tensor,
  Trainer,
  tensor,
  transfer,
} from "../../src/index.ts";
import { traceModel } from "../../src/models/index.ts";
import { mistyped } from "../mistyped.ts";
import { expectClose } from "../ops/compare.ts";

const SIDE = 8;
const network = () =>
  models.smallVgg({ inputSize: SIDE, inChannels: 1, widths: [3, 4], numClasses: 3 });

function pictures(count: number): data.Dataset {
  const images = Float32Array.from({ length: count * SIDE * SIDE }, (_, i) => Math.sin(i * 0.37));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  return data.fromArrays(images, [1, SIDE, SIDE], labels, { classes: ["a", "b", "c"] });
}

/** Maps that go around a layer as well as through it. */
class Residual extends nn.Module {
  readonly stem = new nn.Conv2d(1, 4, 3, { padding: 1 });
  readonly inner = new nn.Conv2d(4, 4, 3, { padding: 1 });
  readonly head = new nn.Linear(64, 3);

  forward(x: Tensor): Tensor {
    const before = F.relu(this.stem.forward(x));
    const map = F.relu(this.inner.forward(before).add(before));
    return this.head.forward(F.maxPool2d(map, { kernelSize: 2 }).flatten(1));
  }
}

async function whole(dataset: data.Dataset): Promise<Tensor> {
  const examples = await Promise.all(
    Array.from({ length: dataset.length }, (_, i) => dataset.get(i)),
  );
  const [{ shape }] = examples as [data.Example];
  const flat = Float32Array.from(examples.flatMap(({ image }) => [...image]));
  return tensor(flat, { shape: [dataset.length, ...shape] });
}

describe("FeatureCache", () => {
  it("gives the outputs that the whole model gives, whatever the batches", async () => {
    const model = network();
    transfer.freeze(model, "features");
    const set = pictures(7);
    const images = await whole(set);
    const expected = await noGrad(() => model.eval().forward(images)).data();
    model.train();
    const cache = new transfer.FeatureCache(model);
    const seen: [number, number][] = [];
    const onProgress = (done: number, total: number) => seen.push([done, total]);
    const features = await cache.compute(set, { batchSize: 3, onProgress });
    expect(seen).toEqual([
      [3, 7],
      [6, 7],
      [7, 7],
    ]);
    expect(features.length).toBe(7);
    expect(features.classes).toEqual(set.classes);
    expect(features.labels).toEqual(set.labels);
    expect((await features.get(2)).shape).toEqual([4, 2, 2]);
    expect(model.features.training).toBe(true);
    const maps = await whole(features);
    const got = await noGrad(() => cache.remainder.forward(maps) as Tensor).data();
    expectClose("logits", got, expected, [7, 3], 1e-5);
  });

  it("caches up to the first layer that trains", async () => {
    const model = network();
    transfer.freeze(model, "features.-6");
    const cache = new transfer.FeatureCache(model);
    const names = (module: nn.Module) => module.namedChildren().map(([name]) => name);
    expect(names(cache.prefix)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(names(cache.remainder.get("features"))[0]).toBe("7");
    expect(cache.remainder.namedParameters()[0]![0]).toBe("features.7.weight");
    expect(cache.remainder.get("classifier")).toBe(model.classifier);
  });

  it("trains the model's own layers to what training it whole gives", async () => {
    const losses = async (cached: boolean) => {
      const model = network();
      model.loadStateDict(fixed);
      transfer.freeze(model, "features");
      const cache = new transfer.FeatureCache(model);
      const set = cached ? await cache.compute(pictures(6)) : pictures(6);
      const optimizer = new optim.SGD(model.classifier!.parameters(), { lr: 0.1 });
      const trainer = new Trainer({ model: cached ? cache.remainder : model, optimizer });
      const found: number[] = [];
      for await (const event of trainer.fit(set, { epochs: 3, batchSize: 4 })) {
        if (event.type === "step") found.push(event.loss);
      }
      return { found, head: await model.classifier!.parameters()[0]!.data() };
    };
    const fixed = network().stateDict();
    const [plain, cached] = [await losses(false), await losses(true)];
    expectClose("losses", cached.found, plain.found, [6], 1e-5);
    expectClose("head", cached.head, plain.head, [3, 16], 1e-5);
  });

  it("cuts a Sequential, before what flattens", async () => {
    const model = new nn.Sequential({
      conv: new nn.Conv2d(1, 2, 3),
      relu: new nn.ReLU(),
      flatten: new nn.Flatten(),
      dense: new nn.Linear(72, 4),
      head: new nn.Linear(4, 3),
    });
    transfer.freeze(model, "conv-dense");
    const cache = new transfer.FeatureCache(model);
    expect(cache.prefix.namedChildren().map(([name]) => name)).toEqual(["conv", "relu"]);
    expect(cache.remainder.get("head")).toBe(model.get("head"));
    const set = pictures(3);
    const images = await whole(set);
    const expected = await noGrad(() => model.forward(images)).data();
    const maps = await whole(await cache.compute(set));
    const got = await noGrad(() => cache.remainder.forward(maps) as Tensor).data();
    expectClose("logits", got, expected, [3, 3], 1e-5);
    expect(() => new transfer.FeatureCache(mistyped(model.get("conv")))).toThrow(
      /with features and a classifier, .* or an nn.Sequential/,
    );
  });

  it("cuts a network built of a file where one value is all that the rest needs, and trains as it", async () => {
    const { graph } = traceModel(new Residual(), [1, SIDE, SIDE]);
    const fixed = models.fromArchitecture(graph).stateDict();
    const trained = async (frozen: string, cached: boolean) => {
      const model = models.fromArchitecture(graph);
      model.loadStateDict(fixed);
      transfer.freeze(model, frozen);
      const cache = new transfer.FeatureCache(model);
      const set = cached ? await cache.compute(pictures(6)) : pictures(6);
      const parameters = model.parameters().filter(({ requiresGrad }) => requiresGrad);
      const optimizer = new optim.SGD(parameters, { lr: 0.1 });
      const trainer = new Trainer({ model: cached ? cache.remainder : model, optimizer });
      await trainer.fit(set, { epochs: 2, batchSize: 4 });
      const { image, shape } = await set.get(0);
      const after = await Promise.all(parameters.map(async (tensor) => [...(await tensor.data())]));
      return { names: cache.prefix.namedParameters().map(([name]) => name), image, shape, after };
    };
    const conv = await trained("stem-inner", true);
    expect(conv.names).toEqual(["stem.weight", "stem.bias", "inner.weight", "inner.bias"]);
    expect(conv.shape).toEqual([4, 4, 4]);
    // What goes around the layer that trains is needed behind it, too.
    const stem = await trained("stem", true);
    expect(stem.names).toEqual(["stem.weight", "stem.bias"]);
    expect(stem.shape).toEqual([4, SIDE, SIDE]);
    for (const [frozen, { after }] of Object.entries({ "stem-inner": conv, stem }))
      for (const [i, values] of (await trained(frozen, false)).after.entries())
        expectClose(frozen, after[i]!, values, [values.length], 1e-5);
  });

  it("caches nothing that moves or is random", () => {
    const model = network();
    const names = (cache: transfer.FeatureCache) =>
      cache.prefix.namedChildren().map(([name]) => name);
    model.features.set("1", new nn.BatchNorm2d(3, { affine: false }));
    transfer.freeze(model, "features.0");
    expect(names(new transfer.FeatureCache(model))).toEqual(["0"]);
    transfer.freeze(model, "features.1");
    transfer.freeze(model, "features.3-4");
    expect(names(new transfer.FeatureCache(model))).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    model.features.set("5", new nn.Sequential(new nn.ReLU(), new nn.Dropout(0.5)));
    expect(names(new transfer.FeatureCache(model))).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("says so when there is nothing to cache, and names an unknown option", async () => {
    const model = network();
    expect(() => new transfer.FeatureCache(model)).toThrow(/the first layer trains; freeze some/);
    transfer.freeze(model, "features");
    const cache = new transfer.FeatureCache(model);
    await expect(cache.compute(pictures(2), mistyped({ batch: 3 }))).rejects.toThrow(/batch/);
  });

  it("puts the mode back when the data fails", async () => {
    const model = network();
    transfer.freeze(model, "features");
    const cache = new transfer.FeatureCache(model);
    const broken = { length: 2, get: () => Promise.reject(new Error("photo.jpg is damaged")) };
    await expect(cache.compute(broken)).rejects.toThrow(/photo\.jpg is damaged/);
    expect(model.features.modules().every(({ training }) => training)).toBe(true);
  });
});
