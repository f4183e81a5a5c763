// MobileNet v1 0.25 with ImageNet weights from a TF.js file: top-1 of four photos before any
// training, then ants and bees (head only) and five flowers (head only; last blocks + head).
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { data, models, type nn, optim, Trainer, transfer } from "webgraft";
import { loadFile, percent, runCase, train } from "./harness.ts";

const { transforms } = data;
const SIZE = 224;
const toRange = [transforms.rescale(1 / 127.5, -1)];
const augment = [transforms.randomFlip(), ...toRange];

await runCase("mobilenet-photos", async ({ data: path, quick, report }) => {
  const file = await loadFile(path("weights/mobilenet_v1_025_224_tfjs/mobilenet_model.json"));
  const pretrained = () => {
    const model = models.mobilenetV1({ alpha: 0.25 });
    const { loaded, missing } = transfer.loadPretrained(model, file);
    if (missing.length > 0)
      throw new Error(`not in the file: ${missing.join(", ")} (${loaded.length} loaded)`);
    return model;
  };
  const names = JSON.parse(
    await readFile(path("weights/imagenet_classes/imagenet_classes.json"), "utf8"),
  );
  const files = ["cat", "dog", "elephants", "basketball"].map((name) =>
    path(`photos_single/${name}.jpg`),
  );
  const photos = await data.imageFolder(
    { photos: files },
    { size: SIZE, resize: "crop", antialias: false },
  );
  const imagenet = new Trainer({
    model: pretrained(),
    optimizer: new optim.SGD(pretrained().parameters(), { lr: 0.1 }),
  });
  const found = await imagenet.predict(photos, {
    transform: toRange,
    classes: Object.values<string>(names),
  });
  found.forEach((prediction, i) => {
    report(
      basename(photos.nameOf(i)),
      "top-1",
      `${prediction.name} ${prediction.probability.toFixed(2)}`,
    );
  });

  const tune = async (
    row: string,
    model: nn.Module,
    folder: string,
    lr: number,
    epochs: number,
  ) => {
    const [trainSet, testSet] = await Promise.all(
      ["train", "val"].map((part) => data.imageFolder(path(`${folder}/${part}`), { size: SIZE })),
    );
    const trainable = model.parameters().filter((parameter) => parameter.requiresGrad);
    const trainer = new Trainer({ model, optimizer: new optim.Adam(trainable, { lr }), seed: 1 });
    const seconds = await train(trainer, trainSet!, { epochs, batchSize: 32, transform: augment });
    const { accuracy } = await trainer.evaluate(testSet!, { transform: toRange });
    report(row, "validation %", percent(accuracy));
    report(row, "seconds", Math.round(seconds));
  };
  const withHead = (classes: number, frozen: string) => {
    const model = pretrained();
    transfer.replaceHead(model, classes);
    transfer.freeze(model, frozen);
    return model;
  };
  const epochs = quick ? 2 : 15;
  await tune("ants and bees, head only", withHead(2, "features"), "photos_ants_bees", 3e-3, epochs);
  await tune("flowers, head only", withHead(5, "features"), "photos_flowers_small", 3e-3, epochs);
  const upTo = "features.conv1-conv_pw_11_relu";
  await tune(
    "flowers, last 2 blocks + head",
    withHead(5, upTo),
    "photos_flowers_small",
    5e-4,
    epochs,
  );
});
