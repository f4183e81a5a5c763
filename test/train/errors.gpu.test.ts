import { describe, expect, it } from "vitest";
import { type data, estimateMemory, F, nn, optim, Trainer, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, collect, makeTrainer, only, tinyNet, weights } from "./toy.ts";

describe("bad input", () => {
  it("names unknown options, wrong parts and metrics", async () => {
    const model = tinyNet();
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    const build = (options: object) => () =>
      new Trainer(mistyped({ model, optimizer, ...options }));
    expect(build({ epochs: 3 })).toThrow(/Trainer: unknown option "epochs"/);
    expect(build({ model: {} })).toThrow(/model must be an nn.Module/);
    expect(build({ optimizer: "adam" })).toThrow(/optimizer must be one of optim/);
    expect(build({ metrics: ["f1"] })).toThrow(/unknown metric f1; known: accuracy/);
    expect(build({ metrics: "accuracy" })).not.toThrow();
    expect(build({ loss: "crossEntropy" })).toThrow(/loss must be an nn.Module or a function/);
    expect(build({ callbacks: [() => {}, 5] })).toThrow(/a callback must be a function, not 5/);
    expect(build({ callbacks: () => {} })).not.toThrow();
    expect(() => estimateMemory(model, mistyped(undefined))).toThrow(
      /estimateMemory: inputShape must be a list of numbers, such as \[3, 32, 32\], not undefined/,
    );
    expect(() => model.loadStateDict(mistyped(undefined))).toThrow(
      /loadStateDict: expects tensors by name, not undefined/,
    );
    expect(build({ schedule: "cosine" })).toThrow(/schedule must be one of optim/);
    await expect(makeTrainer().save(mistyped(undefined))).rejects.toThrow(
      /checkpoint: the store must be a path, or an object with read\(\) and write\(bytes\), not undef/,
    );
    await expect(makeTrainer().predict(mistyped(undefined))).rejects.toThrow(/expected a dataset/);
    const silent = makeTrainer({ loss: mistyped(() => undefined) });
    await expect(collect(silent.fit(bars(4)))).rejects.toThrow(/loss must be a tensor, not undef/);
    const run = (options: object) => collect(makeTrainer().fit(bars(4), mistyped(options)));
    await expect(run({ epoch: 3 })).rejects.toThrow(/fit: unknown option "epoch"/);
    await expect(run({ epochs: 0 })).rejects.toThrow(/epochs must be a whole number/);
    await expect(run({ batchSize: 0 })).rejects.toThrow(/batchSize must be/);
    await expect(makeTrainer().predict(bars(4), mistyped({ batch: 2 }))).rejects.toThrow(
      /predict: unknown option "batch"; the options are batchSize, transform, seed, classes/,
    );
    const maps = makeTrainer({ model: new nn.Sequential(new nn.Conv2d(1, 2, 1)) });
    await expect(maps.predict(bars(2))).rejects.toThrow(
      /predict: the model gives \[2, 2, 4, 6\], not \[N, classes\]/,
    );
    expect(() => model.loadStateDict(model.stateDict(), mistyped({ stict: false }))).toThrow(
      /loadStateDict: unknown option "stict"; the options are strict/,
    );
  });

  it("refuses a label that the model has no output for, naming the example, before training on it", async () => {
    const trainer = makeTrainer({ model: tinyNet({ outputs: 2 }) });
    const before = await weights(trainer.model);
    const set = {
      ...bars(6),
      length: 6,
      get: bars(6).get.bind(bars(6)),
      nameOf: (i: number) => `bar_${i}.png`,
    };
    const wrong = [0, 1, 2, 3, 4, 5].find((i) => bars(6).labels![i] === 2)!;
    const message = new RegExp(
      `example ${wrong} \\(bar_${wrong}\\.png\\): label 2 is out of range: the model has 2 outputs; transfer.replaceHead`,
    );
    await expect(collect(trainer.fit(set, { batchSize: 6, shuffle: false }))).rejects.toThrow(
      message,
    );
    expect(await weights(trainer.model)).toEqual(before);
    await expect(trainer.evaluate(set)).rejects.toThrow(message);
    await expect(
      collect(makeTrainer({ model: tinyNet({ outputs: 2 }), loss: F.crossEntropy }).fit(set)),
    ).rejects.toThrow(/out of range/);
  });

  it("doesn't mind labels that are ignored, nor a head replaced since", async () => {
    const loss = new nn.CrossEntropyLoss({ ignoreIndex: 2 });
    const ignoring = makeTrainer({ model: tinyNet({ outputs: 2 }), loss });
    expect(only(await collect(ignoring.fit(bars(6), { batchSize: 6 })), "epoch")).toHaveLength(1);
    const model = tinyNet({ outputs: 2 });
    const trainer = makeTrainer({ model });
    await expect(collect(trainer.fit(bars(6)))).rejects.toThrow(/out of range/);
    transfer.replaceHead(model, 3);
    trainer.optimizer.addGroup({ params: model.get("head").parameters() });
    expect(only(await collect(trainer.fit(bars(6))), "epoch")).toHaveLength(1);
  });

  it("knows the outputs of a head that is put back", async () => {
    const model = tinyNet({ outputs: 2 });
    const small = model.get("head");
    const trainer = makeTrainer({ model });
    await expect(trainer.evaluate(bars(6))).rejects.toThrow(/the model has 2 outputs/);
    transfer.replaceHead(model, 3);
    expect((await trainer.evaluate(bars(6))).count).toBe(6);
    model.set("head", small);
    await expect(trainer.evaluate(bars(6))).rejects.toThrow(/the model has 2 outputs/);
  });

  it("refuses two fits at a time", async () => {
    const trainer = makeTrainer();
    const first = trainer.fit(bars(4), { batchSize: 2 });
    await first.next();
    await expect(trainer.fit(bars(4)).next()).rejects.toThrow(/fit is running already/);
    await first.return();
    expect(only(await collect(trainer.fit(bars(4))), "epoch")).toHaveLength(1);
  });

  it("names an example that is nothing, or no image", async () => {
    const run = (example: unknown) =>
      collect(makeTrainer().fit({ length: 2, get: () => mistyped(example) }, { shuffle: false }));
    await expect(run(null)).rejects.toThrow(/example 0: label undefined is out of range/);
    await expect(run({ image: new Float32Array(24), label: 0 })).rejects.toThrow(
      /example 0: expected a Uint8Array or Float32Array.*got a Float32Array of 24/,
    );
  });

  it("passes on what the data can't give", async () => {
    const get = (i: number): data.Example => {
      if (i === 3) throw new Error("cat_3.jpg can't be decoded");
      return { image: new Float32Array(24), shape: [1, 4, 6], label: 0 };
    };
    const trainer = makeTrainer();
    const fit = collect(trainer.fit({ length: 4, get }, { batchSize: 2, shuffle: false }));
    await expect(fit).rejects.toThrow("cat_3.jpg can't be decoded");
    expect(only(await collect(trainer.fit(bars(4))), "epoch")).toHaveLength(1);
  });
});

describe("a loss that is no longer finite", () => {
  it("ends the run, says so, and sets everything back", async () => {
    const trainer = makeTrainer();
    await collect(trainer.fit(bars(6), { batchSize: 3 }));
    const [before, position] = [await weights(trainer.model), structuredClone(trainer.position)];
    const state = await trainer.optimizer.stateDict();
    const poisoned = { ...bars(8), length: 8, get: (i: number) => poison(bars(8), i, 5) };
    const fit = collect(trainer.fit(poisoned, { epochs: 2, batchSize: 2, shuffle: false }));
    await expect(fit).rejects.toThrow(
      /the loss is NaN at step 5 \(learning rate 0.02\); the weights were set back to the last snapshot/,
    );
    expect(await weights(trainer.model)).toEqual(before);
    expect(await trainer.optimizer.stateDict()).toEqual(state);
    expect(trainer.position.step).toBe(position.step);
    expect(only(await collect(trainer.fit(bars(6))), "epoch")).toHaveLength(1);
  });
});

/** An example with a NaN pixel at `bad`. */
async function poison(set: data.Dataset, index: number, bad: number): Promise<data.Example> {
  const example = await set.get(index);
  if (index !== bad) return example;
  return { ...example, image: new Float32Array(24).fill(Number.NaN) };
}
