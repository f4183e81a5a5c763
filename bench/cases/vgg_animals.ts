// VGG-16 trained on CIFAR-10's six animals, carried over to the four vehicles with few images: a
// head on each cut, the last block, all layers, and from scratch with the same budget.
import { readFile } from "node:fs/promises";
import {
  data,
  type nn as layers,
  models,
  nn,
  noGrad,
  optim,
  Trainer,
  type tensor,
  transfer,
} from "graft";
import { loadFile, percent, runCase, train } from "./harness.ts";

const { transforms } = data;
const ANIMALS = ["bird", "cat", "deer", "dog", "frog", "horse"];
const VEHICLES = ["airplane", "automobile", "ship", "truck"];
const normalise = [
  transforms.rescale(),
  transforms.normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
];
const augment = [transforms.randomFlip(), transforms.randomCrop(32, { padding: 4 }), ...normalise];
/** Where the features end after each pooling layer: index of the pool, channels, side. */
const CUTS = { pool3: [16, 256, 4], pool4: [23, 512, 2], pool5: [30, 512, 1] } as const;

await runCase("vgg-animals", async ({ data: path, quick, report }) => {
  const file = await loadFile(
    path("weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors"),
  );
  const trainAll = await data.cifar10(path("cifar10/data_batch_1.first4000.bin"));
  const testAll = await data.cifar10(path("cifar10/test_batch.first1000.bin"));
  const pretrained = (classes: number) => {
    const model = models.vgg16({ includeTop: false, inputSize: 32 });
    transfer.replaceHead(model, classes);
    transfer.loadPretrained(model, file, { onMismatch: "skip" });
    return model;
  };

  const animals = pretrained(6);
  const golden = JSON.parse(
    await readFile(path("weights/vgg16_cifar_animals/golden_logits.json"), "utf8"),
  );
  report("golden logits", "largest difference", await goldenDifference(animals, testAll, golden));
  const source = new Trainer({
    model: animals,
    optimizer: new optim.SGD(animals.parameters(), { lr: 0.1 }),
  });
  const animalTest = data.selectClasses(testAll, ANIMALS);
  const onAnimals = await source.evaluate(animalTest, { batchSize: 64, transform: normalise });
  report("animals (source)", "test %", percent(onAnimals.accuracy));

  const vehicleTrain = data.selectClasses(trainAll, VEHICLES);
  const vehicleTest = data.selectClasses(testAll, VEHICLES);
  for (const images of quick ? [20] : [20, 90]) {
    const set = data.perClass(vehicleTrain, images, { seed: 1 });
    const column = `${images} a class`;
    const run = async (
      row: string,
      model: layers.Module,
      lr: number,
      epochs: number,
      transform: typeof augment,
    ) => {
      const trainable = model.parameters().filter((parameter) => parameter.requiresGrad);
      const optimizer = new optim.SGD(trainable, { lr, momentum: 0.9, weightDecay: 5e-4 });
      const totalSteps = epochs * Math.ceil(set.length / 32);
      const schedule = new optim.OneCycleLR(optimizer, { maxLr: lr, totalSteps });
      const trainer = new Trainer({ model, optimizer, schedule, seed: 1 });
      const seconds = await train(trainer, set, { epochs, batchSize: 32, transform });
      const { accuracy } = await trainer.evaluate(vehicleTest, {
        batchSize: 64,
        transform: normalise,
      });
      report(row, column, percent(accuracy));
      report(row, `${column}, s`, Math.round(seconds));
    };
    const epochs = quick ? 2 : 30;
    for (const [cut, [last, channels, side]] of Object.entries(CUTS)) {
      const model = headAt(pretrained(4), last, channels, side);
      await run(
        cut === "pool5" ? "head only (pool5)" : `head on ${cut}`,
        model,
        0.05,
        epochs,
        normalise,
      );
    }
    const lastBlock = pretrained(4);
    transfer.freeze(lastBlock, "features.0-23");
    await run("last block + head", lastBlock, 3e-3, epochs, augment);
    await run("all layers", pretrained(4), 3e-3, epochs, augment);
    const scratch = models.vgg16Bn({ includeTop: false, inputSize: 32 });
    transfer.replaceHead(scratch, 4);
    await run("from scratch (with batch norm)", scratch, 2e-2, epochs, augment);
  }
});

/** A frozen trunk up to a pooling layer, averaged to 2×2, with a new linear head. */
function headAt(model: models.VGG, last: number, channels: number, side: number): nn.Module {
  const trunk = new nn.Sequential(...[...model.features].slice(0, last + 1));
  trunk.requiresGrad_(false);
  const pooled = Math.min(2, side);
  return new nn.Sequential({
    trunk,
    pool: new nn.AdaptiveAvgPool2d(pooled),
    flatten: new nn.Flatten(),
    norm: new nn.BatchNorm1d(channels * pooled * pooled),
    head: new nn.Linear(channels * pooled * pooled, 4),
  });
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
