import { describe, expect, it } from "vitest";
import { data, models, nn, noGrad, optim, randn, Trainer, transfer } from "../../src/index.ts";

const network = () =>
  models.smallVgg({ inputSize: 16, inChannels: 1, widths: [3, 4], numClasses: 3 });

describe("transfer.cut", () => {
  it("ends with the named layer, shares the layers and keeps their names", async () => {
    const model = network();
    const [last] = model.features
      .namedChildren()
      .filter(([, layer]) => layer instanceof nn.MaxPool2d)[0]!;
    const short = transfer.cut(model, `features.${last}`);
    const input = randn([2, 1, 16, 16]);
    const expected = noGrad(() => {
      let x = input;
      for (const [name, layer] of model.features.namedChildren()) {
        x = layer.forward(x) as typeof input;
        if (name === last) break;
      }
      return x;
    });
    const got = noGrad(() => short.forward(input));
    expect(got.shape).toEqual(expected.shape);
    expect(await got.data()).toEqual(await expected.data());
    for (const [name, value] of short.namedParameters())
      expect(model.get(name.slice(0, name.lastIndexOf("."))).parameters()).toContain(value);
  });

  it("takes a head sized for the pooled map, and trains only it", async () => {
    const model = network();
    const short = transfer.cut(model, "features.2", { pool: 2 });
    transfer.freeze(short, "features");
    const before = await model.features.parameters()[0]!.data();
    expect(transfer.replaceHead(short, 5)).toBe("classifier.0");
    expect((short.get("classifier.0") as nn.Linear).inFeatures).toBe(3 * 2 * 2);
    const images = Float32Array.from({ length: 10 * 256 }, (_, i) => Math.sin(i * i));
    const labels = Int32Array.from({ length: 10 }, (_, i) => i % 5);
    const set = data.fromArrays(images, [1, 16, 16], labels);
    const optimizer = new optim.Adam(short.get("classifier").parameters(), { lr: 0.05 });
    const trainer = new Trainer({ model: short, optimizer, seed: 1 });
    const losses: number[] = [];
    for await (const event of trainer.fit(set, { epochs: 20, batchSize: 10 }))
      if (event.type === "epoch") losses.push(event.loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(await model.features.parameters()[0]!.data()).toEqual(before);
  });

  it("leaves running statistics and the mode of each layer alone", async () => {
    const model = models.vgg11Bn({ includeTop: false, inputSize: 32 });
    model.train();
    model.features.get("1").eval();
    const before = await (model.features.get("5") as nn.BatchNorm2d).runningVar!.data();
    const short = transfer.cut(model, "features.7");
    expect(await (model.features.get("5") as nn.BatchNorm2d).runningVar!.data()).toEqual(before);
    expect(short.features.get("1").training).toBe(false);
    expect(short.features.get("5").training).toBe(true);
  });

  it("says what is wrong", () => {
    const model = network();
    expect(() => transfer.cut(model, "features.99")).toThrow(
      'there is no layer "features.99"; give one from features.0 to features.',
    );
    expect(() => transfer.cut(model, "features.2", { pool: 50 })).toThrow(
      "pool is 50, but the map",
    );
    expect(() => transfer.cut(model, "features.2", { pool: 0 })).toThrow(
      "whole number of at least 1",
    );
    expect(() => transfer.cut(new nn.Linear(2, 2), "features.2")).toThrow("no chain of layers");
  });
});
