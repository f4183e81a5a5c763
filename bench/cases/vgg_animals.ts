// VGG-16 trained on CIFAR-10's six animals, carried over to the four vehicles with few images: a
// head on each cut, the last block, all layers, and from scratch with the same budget.
import { readFile } from "node:fs/promises";
import {
  data,
  evaluate,
  manualSeed,
  models,
  type nn,
  noGrad,
  optim,
  Trainer,
  type tensor,
  transfer,
} from "webgraft";
import type { FinetuneSettings } from "webgraft/finetune";
import { loadFile, percent, runCase, train, tune } from "./harness.ts";

const { transforms } = data;
const ANIMALS = ["bird", "cat", "deer", "dog", "frog", "horse"];
const VEHICLES = ["airplane", "automobile", "ship", "truck"];
const normalise = [
  transforms.rescale(),
  transforms.normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
];
/** Row, the last layer of the trunk, side of the pooled map. */
const CUTS = [
  ["head on pool2", "features.9", 2],
  ["head on pool3", "features.16", 2],
  ["head on pool4", "features.23", 2],
  ["head only (pool5)", "features.30", 1],
] as const;

await runCase("vgg-animals", async ({ data: path, quick, wants, report }) => {
  const weights = path("weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors");
  const file = await loadFile(weights);
  const trainAll = await data.cifar10(path("cifar10/data_batch_1.first4000.bin"));
  const testAll = await data.cifar10(path("cifar10/test_batch.first1000.bin"));
  const pretrained = (classes: number) => {
    const model = models.vgg16({ includeTop: false, inputSize: 32 });
    transfer.replaceHead(model, classes);
    transfer.loadPretrained(model, file, { onMismatch: "skip" });
    return model;
  };

  if (wants("source")) {
    const animals = pretrained(6);
    const golden = JSON.parse(
      await readFile(path("weights/vgg16_cifar_animals/golden_logits.json"), "utf8"),
    );
    report("golden logits", "largest difference", await goldenDifference(animals, testAll, golden));
    const animalTest = data.selectClasses(testAll, ANIMALS);
    const onAnimals = await evaluate(animals, animalTest, { batchSize: 64, transform: normalise });
    report("animals (source)", "test %", percent(onAnimals.accuracy));
  }

  const vehicleTrain = data.selectClasses(trainAll, VEHICLES);
  const vehicleTest = data.selectClasses(testAll, VEHICLES);
  for (const count of quick ? [20] : [20, 90]) {
    const set = data.perClass(vehicleTrain, count, { seed: 1 });
    const column = `${count} a class`;
    const epochs = quick ? 2 : 30;
    const vehicles = { name: "vehicles", train: set, validation: vehicleTest };
    const run = async (row: string, how: FinetuneSettings) => {
      if (!wants(`${row}, ${column}`)) return;
      const { accuracy, seconds } = await tune({
        ...{ data: vehicles, epochs, batchSize: 32, augment: ["flip", "crop"] },
        ...{ optimizer: "sgd", weightDecay: 5e-4, ...how },
      });
      report(row, column, percent(accuracy));
      report(row, `${column}, s`, Math.round(seconds));
    };
    await run("last block + head", { weights, freeze: "features.0-23", lr: 3e-3 });
    await run("all layers", { weights, train: ["all"], lr: 3e-3 });
    // At the 2e-2 of its source the loss rises to 2.5 in PyTorch as here, and both stay at chance for long.
    await run("from scratch (with batch norm)", { arch: "vgg16_bn", lr: 5e-3 });
  }

  for (const [row, last, pool] of CUTS) {
    if (!wants(row)) continue;
    const model = transfer.cut(pretrained(4), last, { pool });
    transfer.freeze(model, "features");
    transfer.replaceHead(model, 4);
    const cache = new transfer.FeatureCache(model);
    const set = await cache.compute(vehicleTrain, { transform: normalise });
    const test = await cache.compute(vehicleTest, { transform: normalise });
    for (const count of [20, 90]) {
      const draws = [1, 2, 3];
      let sum = 0;
      for (const seed of draws) {
        manualSeed(seed);
        transfer.replaceHead(model, 4);
        sum += await trainHead(cache.remainder, data.perClass(set, count, { seed }), test);
      }
      report(row, `${count} a class`, percent(sum / draws.length));
    }
  }
});

/** Logistic regression on features, as its source has it: the accuracy on `test`, 0 to 1. */
async function trainHead(model: nn.Module, set: data.Dataset, test: data.Dataset) {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new optim.Adam(trained, { lr: 1e-3, weightDecay: 1e-2 });
  const trainer = new Trainer({ model, optimizer, seed: 1 });
  await train(trainer, set, { epochs: 150, batchSize: 32 });
  return (await trainer.evaluate(test, { batchSize: 64 })).accuracy;
}

async function goldenDifference(
  model: nn.Module,
  set: data.Dataset,
  golden: { logits: number[][] },
): Promise<number> {
  model.eval();
  let worst = 0;
  const { logits } = golden;
  const loader = new data.DataLoader(
    data.subset(
      set,
      logits.map((_, i) => i),
    ),
    { batchSize: 16, transform: normalise },
  );
  for await (const [images] of loader) {
    const values = await noGrad(() => model.forward(images) as ReturnType<typeof tensor>).data();
    logits.flat().forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - values[i]!));
    });
  }
  return worst;
}
