// The case the project was asked for first: VGG-16 with ImageNet weights (blocks 1 and 2, all that
// the file has), no top, 32×32×3 input, Flatten + Dense(10), Adam 1e-4, CIFAR-10 in batches of 32
// from the binary file and from an image folder, then saved as .safetensors and as Keras .h5.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import {
  data,
  formats,
  init,
  models,
  nn,
  noGrad,
  optim,
  type Tensor,
  Trainer,
  transfer,
} from "webgraft";
import { loadFile, percent, runCase, train } from "./harness.ts";

const { transforms } = data;
// The Keras weights take B, G, R in 0..255 minus ImageNet's means.
const toKeras = [transforms.rgbToBgr(), transforms.normalize([103.939, 116.779, 123.68], 1)];
const augment = [transforms.randomFlip(), transforms.randomCrop(32, { padding: 4 }), ...toKeras];

await runCase("vgg-cifar10", async ({ data: path, out, quick, wants, report }) => {
  const file = await loadFile(
    path("weights/vgg16_imagenet_blocks1-2/vgg16_blocks1-2.keras-ordering.torchnames.safetensors"),
  );
  const binary = await data.cifar10(path("cifar10/data_batch_1.first4000.bin"));
  const test = await data.cifar10(path("cifar10/test_batch.first1000.bin"));
  const folder = out("cifar10_folder");
  await writeImageFolder(data.perClass(binary, quick ? 10 : 100, { seed: 1 }), folder);

  const run = async (row: string, set: data.Dataset, epochs: number, pretrained: boolean) => {
    await init();
    const model = models.vgg16({ includeTop: false, inputSize: 32 });
    transfer.replaceHead(model, 10);
    if (pretrained) {
      const { loaded, missing } = transfer.loadPretrained(model, file);
      report(row, "tensors loaded", `${loaded.length} of ${loaded.length + missing.length}`);
    }
    await scaleToUnit(model, set);
    const trainer = new Trainer({
      model,
      optimizer: new optim.Adam(model.parameters(), { lr: 1e-4 }),
      seed: 1,
    });
    const [trainSet, held] = data.split(set, [0.9, 0.1], { seed: 1, stratify: true });
    const seconds = await train(trainer, trainSet!, {
      epochs,
      batchSize: 32,
      transform: augment,
      validation: held,
    });
    const { accuracy } = await trainer.evaluate(test, { batchSize: 64, transform: toKeras });
    report(row, "test %", percent(accuracy));
    report(row, "seconds", Math.round(seconds));
    return model;
  };
  const some = quick ? data.perClass(binary, 20, { seed: 1 }) : binary;
  const epochs = quick ? 1 : 8;
  if (wants("from scratch")) await run("binary file, from scratch", some, epochs, false);
  if (wants("folder")) {
    const images = await data.imageFolder(folder, { size: 32 });
    await run("image folder", images, epochs, true);
  }
  if (!wants("binary")) return;
  const model = await run("binary file", some, epochs, true);
  await formats.saveSafetensors(model.stateDict(), out("vgg16_cifar10.safetensors"));
  await formats.saveKerasH5(model, out("vgg16_cifar10.h5"));
  report("saved", "files", "vgg16_cifar10.safetensors, vgg16_cifar10.h5");
});

/**
 * Divides each layer by the scale of its output, from the first on (LSUV, Mishkin & Matas 2016,
 * https://arxiv.org/abs/1511.06422). The file's layers answer pixels of ±128 with values of some
 * hundreds, in which new layers drown: the first loss is 14 to 99, and Adam's steps of 1e-4 on such
 * inputs throw it about. ReLU layers are homogeneous, so the pretrained ones compute what they did but
 * for a factor, as long as biases are divided by all scales so far.
 */
async function scaleToUnit(model: models.VGG, set: data.Dataset): Promise<void> {
  const loader = new data.DataLoader(set, { batchSize: 64, transform: toKeras, shuffle: true });
  const { value } = await loader[Symbol.asyncIterator]().next();
  let [x] = value as [Tensor, Tensor];
  let scale = 1;
  for (const layer of model.features) {
    const answer = () => noGrad(() => layer.forward(x) as Tensor);
    if (layer instanceof nn.Conv2d) {
      const { weight } = layer;
      const unscaled = { weight, bias: layer.bias!.div(scale) };
      layer.loadStateDict(unscaled);
      const own = Math.sqrt(await answer().square().mean().item());
      layer.loadStateDict({ weight: weight.div(own), bias: unscaled.bias.div(own) });
      scale *= own;
    }
    x = answer();
  }
}

/** `<folder>/<class>/<n>.png`, as people keep their own pictures. */
async function writeImageFolder(set: data.Dataset, folder: string): Promise<void> {
  for (let i = 0; i < set.length; i++) {
    const { image, label } = await set.get(i);
    const pixels = Buffer.alloc(3072);
    for (let p = 0; p < 1024; p++)
      for (let c = 0; c < 3; c++) pixels[3 * p + c] = image[c * 1024 + p]!;
    const to = join(folder, set.classes?.[Number(label)] ?? String(label));
    await mkdir(to, { recursive: true });
    const png = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toBuffer();
    await writeFile(join(to, `${i}.png`), png);
  }
}
