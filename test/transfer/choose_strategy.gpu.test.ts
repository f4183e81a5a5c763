import { describe, expect, it, vi } from "vitest";
import { data, manualSeed, models, optim, Trainer, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const SIDE = 8;
const SEED = 4;

/** Pictures whose brighter half tells the class. */
function halves(count: number): data.Dataset {
  const random = new data.Random(7, 0);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const images = Float32Array.from({ length: count * SIDE * SIDE }, (_, i) => {
    const right = i % SIDE >= SIDE / 2 ? 1 : 0;
    return 0.4 * random.float() + (right === labels[Math.floor(i / (SIDE * SIDE))] ? 1 : 0);
  });
  return data.fromArrays(images, [1, SIDE, SIDE], labels, { classes: ["left", "right"] });
}

function network(): models.Backbone {
  manualSeed(5);
  return models.smallVgg({ inputSize: SIDE, inChannels: 1, widths: [3, 4], numClasses: 2 });
}

const candidates: transfer.Strategy[] = [
  { name: "head", freeze: "features", lr: 0.02 },
  { name: "all", freeze: null, lr: 0.02 },
];
const how = { epochs: 3, batchSize: 4 };

describe("chooseStrategy", () => {
  it("judges each candidate as a Trainer would, on the examples held out", async () => {
    const set = halves(24);
    const seen: string[] = [];
    const onProgress = ({ name }: transfer.StrategyResult) => seen.push(name);
    const options = { ...how, candidates, seed: SEED, onProgress };
    const { best, results } = await transfer.chooseStrategy(network, set, options);
    expect(seen).toEqual(["head", "all"]);
    expect(results).toContainEqual(best);

    const [trainSet, heldOut] = data.split(set, [0.75, 0.25], { seed: SEED, stratify: true });
    for (const [i, { freeze, lr }] of candidates.entries()) {
      const model = network();
      if (freeze !== null) transfer.freeze(model, freeze);
      const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
      const optimizer = new optim.Adam(trained, { lr });
      const trainer = new Trainer({ model, optimizer, seed: SEED });
      for await (const _ of trainer.fit(trainSet!, how));
      const { accuracy, loss } = await trainer.evaluate(heldOut!);
      expect(results[i]).toMatchObject({ ...candidates[i], accuracy });
      expect(results[i]!.loss).toBeCloseTo(loss, 4);
    }
  });

  it("takes the transform along, without its random parts for judging", async () => {
    const transform = [data.transforms.rescale(1 / 2), data.transforms.randomFlip()];
    const options = { ...how, candidates, transform };
    const { results } = await transfer.chooseStrategy(network, halves(16), options);
    const again = await transfer.chooseStrategy(network, halves(16), options);
    expect(again.results.map(({ loss }) => loss)).toEqual(results.map(({ loss }) => loss));
    const plain = await transfer.chooseStrategy(network, halves(16), { ...how, candidates });
    expect(plain.results[0]!.loss).not.toBe(results[0]!.loss);
  });

  it("has candidates of its own for models with features and a classifier", () => {
    expect(transfer.defaultCandidates(network()).map(({ freeze }) => freeze)).toEqual([
      "features",
      "features.-6",
      null,
    ]);
  });

  it("has ends within the features, behind what belongs to a layer", () => {
    expect(transfer.cutCandidates(network())).toEqual([
      { name: "head on features.2", cut: "features.2", freeze: "features", lr: 1e-3 },
      { name: "head on features.6", cut: "features.6", freeze: "features", lr: 1e-3 },
    ]);
  });

  it("halves the candidates round by round, each longer than the one before", async () => {
    const varied = transfer.varyCandidates(candidates, { rates: [0.01, 1], l2sp: [0, 0.1] });
    const options = { epochs: 4, batchSize: 4, candidates: varied, halving: 2 };
    const { best, alike, results, untried } = await transfer.chooseStrategy(
      network,
      halves(24),
      options,
    );
    expect(results.map(({ epochs }) => epochs)).toEqual([
      ...Array(8).fill(1),
      ...Array(4).fill(2),
      4,
      4,
    ]);
    expect(untried).toEqual([]);
    for (const [from, to, count] of [
      [0, 8, 4],
      [8, 12, 2],
    ] as const) {
      const round = results
        .slice(from, to)
        .sort((a, b) => b.accuracy - a.accuracy || a.loss - b.loss);
      const next = results.slice(to, to + count).map(({ name }) => name);
      expect(next).toEqual(round.slice(0, count).map(({ name }) => name));
    }
    expect(results.slice(-2)).toContain(best);
    expect(alike).toContain(best);
    expect(best.loss).toBe(Math.min(...alike.map(({ loss }) => loss)));
    for (const { accuracy, error, steps, epochs } of results) {
      expect(error).toBeCloseTo(Math.sqrt((accuracy * (1 - accuracy)) / 6), 10);
      expect(steps).toBe(5 * epochs);
    }
  });

  it("holds out each fold in turn, tries cuts, and shares what a frozen part gave", async () => {
    const set = halves(12);
    const cut = { name: "cut", freeze: "features", cut: "features.2", pool: 2, lr: 0.02 };
    const forward = vi.spyOn(transfer.FeatureCache.prototype, "compute");
    const { best, results } = await transfer.chooseStrategy(network, set, {
      ...{ ...how, candidates: [cut, { ...cut, name: "slower", lr: 1e-4 }], folds: 3, seed: SEED },
    });
    expect(forward).toHaveBeenCalledTimes(1);
    forward.mockRestore();
    const scores = { right: 0, loss: 0 };
    for (const { train, validation } of data.kFold(set, 3, { seed: SEED, stratify: true })) {
      const model = transfer.cut(network(), cut.cut, { pool: cut.pool });
      transfer.replaceHead(model, 2);
      transfer.freeze(model, "features");
      const trainer = new Trainer({
        ...{ model, optimizer: new optim.Adam(model.parameters(), { lr: cut.lr }), seed: SEED },
      });
      await trainer.fit(train, how);
      const { accuracy, loss } = await trainer.evaluate(validation);
      scores.right += accuracy * validation.length;
      scores.loss += loss / 3;
    }
    expect(results[0]!.accuracy).toBeCloseTo(scores.right / 12, 10);
    expect(results[0]!.loss).toBeCloseTo(scores.loss, 4);
    expect(results[0]).toMatchObject({ cut: cut.cut, steps: 18 });
    expect(best.loss).toBe(Math.min(...results.map(({ loss }) => loss)));
  });

  it("begins nothing beyond its budget, and trains with the schedule that is named", async () => {
    const varied = transfer.varyCandidates(candidates, { schedules: ["onecycle", "cosine"] });
    const options = { ...how, candidates: varied, budget: { steps: 33 } };
    const { results, untried } = await transfer.chooseStrategy(network, halves(24), options);
    expect(results.map(({ steps }) => steps)).toEqual([15, 15]);
    expect(results.map(({ schedule }) => schedule)).toEqual(["onecycle", "cosine"]);
    expect(results[0]!.loss).not.toBe(results[1]!.loss);
    expect(untried.map(({ name }) => name)).toEqual([
      "all, lr 0.02, onecycle",
      "all, lr 0.02, cosine",
    ]);
  });

  it("refuses shares that leave nothing, and unknown options", async () => {
    const run = (options: object) => transfer.chooseStrategy(network, halves(8), mistyped(options));
    await expect(run({ holdOut: 1 })).rejects.toThrow(/holdOut must be between 0 and 1, not 1/);
    await expect(run({ folds: 1 })).rejects.toThrow(/folds must be a whole number of at least 2/);
    await expect(run({ folds: 2, holdOut: 0.2 })).rejects.toThrow(/give holdOut or folds/);
    await expect(run({ epoch: 1 })).rejects.toThrow(/unknown option "epoch"/);
  });
});
