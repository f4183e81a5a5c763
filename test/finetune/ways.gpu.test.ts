// Settings of how the network is trained: each reaches the trainer.
import { expect, it } from "vitest";
import { type Dataset, digits } from "../../src/data/index.ts";
import type { FinetuneSettings } from "../../src/finetune/index.ts";
import { createNetwork } from "../../src/finetune/network/build.ts";
import { prepare, withCut } from "../../src/finetune/prepare.ts";
import { at, builtin, last, quick, run, runInFolder } from "./short_runs.ts";

runInFolder();

/** The losses of the steps, and the validation's after the last epoch. */
async function lossesOf(settings: Parameters<typeof run>[0]) {
  const { events, types, result } = await run(settings);
  const steps = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
  return { steps, events, types, result, validated: last(events, "epoch")!.validation!.loss };
}

/** Half as many pictures as in a quick run, in as many steps. */
const few = { perClass: 2, batchSize: 8 };
let plain: ReturnType<typeof lossesOf> | undefined;
/** A run without any of these settings. */
function plainRun() {
  plain ??= lossesOf(few);
  return plain;
}

it("ema: the same steps, but an average is validated and kept", async () => {
  const [plain, averaged] = [await plainRun(), await lossesOf({ ...few, ema: 0.9 })];
  expect(averaged.steps).toEqual(plain.steps);
  expect(averaged.validated).not.toBe(plain.validated);
  expect(averaged.result.evaluation!.loss).toBeCloseTo(averaged.validated, 5);
  await expect(run({ ema: 1 })).rejects.toThrow(
    "ema: 1 won't do; expected a number between 0 and 1",
  );
});

it("l2sp: the weights stay nearer to those they began with", async () => {
  const [plain, pulled] = [await plainRun(), await lossesOf({ ...few, l2sp: 5 })];
  expect(pulled.steps[0]).toBe(plain.steps[0]);
  expect(pulled.steps.at(-1)).not.toBe(plain.steps.at(-1));
});

it("keepHead: a saved network goes on with the head that it has", async () => {
  const save = at("digits.safetensors");
  const { result } = await run({ epochs: 2, save });
  const measured = ({ events }: Awaited<ReturnType<typeof run>>) =>
    events.flatMap((event) => (event.type === "evaluated" ? [event.evaluation.accuracy] : []));
  const [further, anew] = [
    await run({ weights: save, keepHead: true, epochs: 1 }),
    await run({ weights: save, epochs: 1 }),
  ];
  expect(measured(further)[0]).toBeCloseTo(result.evaluation!.accuracy, 5);
  expect(measured(anew)[0]).toBeLessThan(result.evaluation!.accuracy - 0.1);
  await expect(run({ keepHead: true })).rejects.toThrow(
    /keepHead: the data has none of the classes of the weights: those of the built-in network/,
  );
}, 600_000);

it("findLr: looks for the rate, tells its curve, and trains with it", {
  timeout: 300_000,
}, async () => {
  const { events, types } = await lossesOf({
    findLr: true,
    schedule: "constant",
    batchSize: 8,
    perClass: 2,
  });
  expect(types.indexOf("rateFound")).toBeLessThan(types.indexOf("training"));
  const found = last(events, "rateFound")!;
  expect(found.rates).toHaveLength(found.losses.length);
  const rates = events.flatMap((event) => (event.type === "step" ? [event.learningRate] : []));
  expect(Math.max(...rates)).toBeCloseTo(found.suggestion, 6);
  await expect(run({ findLr: true, lr: 0.1 })).rejects.toThrow(/lr and findLr: give one of them/);
});

it("gradual: the head first, and all layers at the end", async () => {
  const { result } = await run({ gradual: true, epochs: 2, batchSize: 8, perClass: 2 });
  const trained = result.model!.namedParameters().filter(([, { requiresGrad }]) => requiresGrad);
  expect(trained.length).toBeGreaterThan(2);
  expect(trained.length).toBeLessThan(result.model!.parameters().length);
  await expect(run({ gradual: true, train: ["head"] })).rejects.toThrow(
    /gradual trains all layers/,
  );
});

it("augment and mixup: images are varied and blended, and frozen layers run every time", async () => {
  const settings = { train: ["head"], batchSize: 8, perClass: 2 };
  const { types } = await run({ ...settings, augment: ["colour", "erase", "auto"], mixup: 0.2 });
  expect(types).not.toContain("features");
  await expect(run({ mixup: 1, cutmix: 1 })).rejects.toThrow(/mixup and cutmix: give one of them/);
});

it("tta: judges by variations of the pictures too", async () => {
  const { events, types } = await lossesOf({ augment: ["crop"], tta: 2, perClass: 2 });
  expect(types.indexOf("augmented")).toBeGreaterThan(types.indexOf("training"));
  const { times, accuracy } = last(events, "augmented")!;
  expect(times).toBe(2);
  expect(accuracy).toBeGreaterThanOrEqual(0);
  expect(accuracy).toBeLessThanOrEqual(1);
  await expect(run({ tta: 2 })).rejects.toThrow("tta varies pictures as augment says");
});

it("halving: tries three rates of each way and of earlier ends, the best of them for longer", {
  timeout: 300_000,
}, async () => {
  const how = { ...few, train: ["auto"], epochs: 3 };
  const { events } = await lossesOf({ ...how, halving: 3 });
  const tried = events.flatMap((event) => (event.type === "tried" ? [event] : []));
  const first = tried.slice(0, 15);
  expect(tried.slice(15)).toHaveLength(5 + 2); // a third of them, and a third of those
  expect(new Set(first.map(({ cut }) => cut)).size).toBe(3); // the whole network, and two ends
  expect(tried.at(-1)!.epochs).toBeGreaterThan(tried[0]!.epochs);
  const spent = await lossesOf({ ...how, halving: 3, trialSeconds: 1e-3 });
  expect(spent.events.filter(({ type }) => type === "tried")).toHaveLength(1);
  await expect(run({ halving: 3 })).rejects.toThrow("halving and trialSeconds are for train auto");
});

it("halving: an end that was chosen is as one that was asked for", async () => {
  const prepared = (settings: FinetuneSettings) =>
    prepare({ ...quick, ...settings }, builtin, async () => {});
  const chosen = withCut(await prepared({}), "features.3");
  expect(chosen.info).toEqual((await prepared({ cut: "features.3" })).info);
  const names = createNetwork(chosen.info).namedParameters();
  expect(names.map(([name]) => name)).not.toContain("features.5.weight");
  expect(withCut(chosen, "features.3")).toBe(chosen);
});

it("several labels: datasets of a program have them, too, and `auto` tries with their loss", async () => {
  const { train, test } = digits({ perClass: 2, testPerClass: 1 });
  const classes = ["even", "small"];
  const several = (set: Dataset): Dataset => ({
    ...{ length: set.length, classes },
    get: async (index) => {
      const example = await set.get(index);
      const digit = Number(example.label);
      return { ...example, label: [1 - (digit % 2), Number(digit < 5)] };
    },
  });
  const data = { name: "mine", train: several(train), validation: several(test) };
  const { result, events } = await run({ data, train: ["auto"], epochs: 1 });
  const { labels, network } = result;
  expect(labels!.labels.map(({ name, support }) => [name, support])).toEqual([
    ["even", 5],
    ["small", 5],
  ]);
  expect(network.thresholds).toEqual(labels!.labels.map(({ threshold }) => threshold));
  expect(last(events, "labels")).toEqual({ type: "labels", ...labels });
  expect(last(events, "tried")!.loss).toBeLessThan(2); // of yes or no, not of ten classes
  await expect(run({ data, classWeights: true })).rejects.toThrow("classWeights is for pictures");
});
