import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { data, formats, models, nn, optim, Trainer, transfer } from "webgraft";
import { toMnist, toUsps } from "../cases/digits.ts";

const { transforms } = data;

/** A target of transfer: its data, its networks, and what is judged. */
export interface Row {
  readonly name: string;
  /** `size` training examples of each class, others for each seed; the imbalanced row takes a tenth of half of them. */
  readonly examples: (size: number, seed: number) => data.Dataset;
  /** The most examples of a class that there are. */
  readonly most: number;
  readonly test: data.Dataset;
  readonly transform: readonly data.transforms.Transform[];
  /** What training adds before it. */
  readonly augment: readonly data.transforms.Transform[];
  readonly loss?: nn.Module;
  readonly figure: "accuracy" | "balancedAccuracy";
  /** With the source's weights and a new head. */
  readonly pretrained: () => models.Backbone;
  /** The same kind of network without them. */
  readonly fresh: () => nn.Module;
  /** Layers that heads are tried on, and the side of the map that is pooled to. */
  readonly cuts: readonly (readonly [last: string, pool: number])[];
  /** All before the last block, as `freeze` takes it. */
  readonly beforeLastBlock: string;
}

/** Where data sets and what the source networks learned are. */
export interface Places {
  readonly data: (path: string) => string;
  readonly out: (path: string) => string;
}

const toImageNet = [
  transforms.rescale(),
  transforms.normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
];
/** Keras' VGG takes B, G, R in 0..255 minus ImageNet's means. */
const toKeras = [transforms.rgbToBgr(), transforms.normalize([103.939, 116.779, 123.68], 1)];
const toMobileNet = [transforms.rescale(1 / 127.5, -1)];
const flipAndCrop = [transforms.randomFlip(), transforms.randomCrop(32, { padding: 4 })];

/** Each row by its name, loaded when it is asked for. */
export const ROWS: Readonly<Record<string, (places: Places) => Promise<Row>>> = {
  "MNIST → USPS": digits,
  "several labels": properties,
  "animals → vehicles": vehicles,
  imbalanced: imbalancedVehicles,
  "ImageNet → ants, bees": (places) => photos(places, "photos_ants_bees", 45),
  "ImageNet → flowers": (places) => photos(places, "photos_flowers_small", 90),
  "VGG-16 blocks 1–2 → CIFAR-10": cifar,
};

async function digits(places: Places): Promise<Row> {
  const { data: path } = places;
  const [train, test, weights] = await Promise.all([
    data.usps(path("usps/zip.train.gz")),
    data.usps(path("usps/zip.test.gz")),
    mnistWeights(places),
  ]);
  return {
    name: "MNIST → USPS",
    examples: (size, seed) => data.perClass(train, size, { seed }),
    ...{ most: 90, test, transform: toUsps, augment: [], figure: "accuracy" },
    pretrained: () => digitNetwork(10, weights),
    fresh: () => models.simpleCnn(),
    cuts: [
      ["features.2", 7],
      ["features.2", 3],
    ],
    beforeLastBlock: "features",
  };
}

function digitNetwork(classes: number, weights: formats.WeightFile): models.SmallCnn {
  const model = models.simpleCnn();
  transfer.loadPretrained(model, weights);
  transfer.replaceHead(model, classes);
  return model;
}

/** What the digits' network knows of MNIST: learned once, then kept. */
async function mnistWeights({ data: path, out }: Places): Promise<formats.WeightFile> {
  const file = out("mnist_source.safetensors");
  if (!existsSync(file)) {
    const images = path("mnist/train-images-idx3-ubyte.gz");
    const set = await data.mnist({ images, labels: path("mnist/train-labels-idx1-ubyte.gz") });
    const model = models.simpleCnn();
    const trainer = new Trainer({ model, optimizer: new optim.Adam(model.parameters()), seed: 1 });
    const source = data.perClass(set, 500, { seed: 1 });
    await trainer.fit(source, { epochs: 3, batchSize: 64, transform: toMnist });
    await mkdir(dirname(file), { recursive: true });
    await formats.saveSafetensors(model.stateDict(), file);
    trainer.dispose();
  }
  return formats.loadWeights(file);
}

const PROPERTIES = { even: [0, 2, 4, 6, 8], prime: [2, 3, 5, 7], loop: [0, 6, 8, 9] };

/** The same digits; what is asked of them is whether they are even, prime, and drawn with a loop. */
async function properties(places: Places): Promise<Row> {
  const row = await digits(places);
  const weights = await mnistWeights(places);
  const asked = Object.keys(PROPERTIES).length;
  return {
    ...row,
    name: "several labels",
    examples: (size, seed) => withProperties(row.examples(size, seed)),
    test: withProperties(row.test),
    loss: new nn.BCEWithLogitsLoss(),
    pretrained: () => digitNetwork(asked, weights),
    fresh: () => models.simpleCnn({ numClasses: asked }),
  };
}

function withProperties(set: data.Dataset): data.Dataset {
  const labels = Array.from({ length: 10 }, (_, digit) =>
    Object.values(PROPERTIES).map((those) => Number(those.includes(digit))),
  );
  return {
    length: set.length,
    classes: Object.keys(PROPERTIES),
    get: async (index) => {
      const example = await set.get(index);
      return { ...example, label: labels[example.label as number]! };
    },
  };
}

const VEHICLES = ["airplane", "automobile", "ship", "truck"];

async function vehicles({ data: path }: Places): Promise<Row> {
  const [file, all, allTest] = await Promise.all([
    formats.loadWeights(path("weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors")),
    data.cifar10(path("cifar10/data_batch_1.first4000.bin")),
    data.cifar10(path("cifar10/test_batch.first1000.bin")),
  ]);
  const train = data.selectClasses(all, VEHICLES);
  return {
    name: "animals → vehicles",
    examples: (size, seed) => data.perClass(train, size, { seed }),
    ...{ most: 90, test: data.selectClasses(allTest, VEHICLES) },
    ...{ transform: toImageNet, augment: flipAndCrop, figure: "accuracy" },
    pretrained: () => vgg(file, VEHICLES.length),
    // Without batch normalisation it stays at chance for long.
    fresh: () => models.vgg16Bn({ includeTop: true, inputSize: 32, numClasses: VEHICLES.length }),
    cuts: [
      ["features.9", 2],
      ["features.16", 2],
      ["features.23", 2],
      ["features.30", 1],
    ],
    beforeLastBlock: "features.0-23",
  };
}

function vgg(file: formats.WeightFile, classes: number): models.Backbone {
  const model = models.vgg16({ includeTop: false, inputSize: 32 });
  transfer.replaceHead(model, classes);
  transfer.loadPretrained(model, file, { onMismatch: "skip" });
  return model;
}

/** Of ships and trucks there is a tenth. */
async function imbalancedVehicles(places: Places): Promise<Row> {
  const row = await vehicles(places);
  return {
    ...row,
    name: "imbalanced",
    figure: "balancedAccuracy",
    examples: (size, seed) => {
      const whole = row.examples(size, seed);
      const few = Math.max(1, Math.round(size / 10));
      const left = [size, size, few, few];
      const kept = Array.from(data.labelsOf(whole)).flatMap((label, i) =>
        left[label]!-- > 0 ? [i] : [],
      );
      return data.subset(whole, kept);
    },
  };
}

const PHOTO_SIDE = 128;

async function photos({ data: path }: Places, folder: string, most: number): Promise<Row> {
  const open = (part: string) => data.imageFolder(path(`${folder}/${part}`), { size: PHOTO_SIDE });
  const [file, train, test] = await Promise.all([
    formats.loadWeights(path("weights/mobilenet_v1_025_224_tfjs/mobilenet_model.json")),
    open("train"),
    open("val"),
  ]);
  const numClasses = data.numClasses(train);
  const make = () => models.mobilenetV1({ alpha: 0.25, includeTop: false, inputSize: PHOTO_SIDE });
  const withHead = (model: models.Backbone) => {
    transfer.replaceHead(model, numClasses);
    return model;
  };
  return {
    name: folder,
    examples: (size, seed) => data.perClass(train, size, { seed }),
    ...{ most, test, transform: toMobileNet, figure: "accuracy" },
    augment: [transforms.randomFlip()],
    pretrained: () => {
      const model = withHead(make());
      transfer.loadPretrained(model, file, { onMismatch: "skip" });
      return model;
    },
    fresh: () => withHead(make()),
    cuts: ["conv_pw_7_relu", "conv_pw_11_relu", "conv_pw_13_relu"].map((last) => [
      `features.${last}`,
      1,
    ]),
    beforeLastBlock: "features.conv1-conv_pw_11_relu",
  };
}

async function cifar({ data: path }: Places): Promise<Row> {
  const [file, train, test] = await Promise.all([
    formats.loadWeights(
      path(
        "weights/vgg16_imagenet_blocks1-2/vgg16_blocks1-2.keras-ordering.torchnames.safetensors",
      ),
    ),
    data.cifar10(path("cifar10/data_batch_1.first4000.bin")),
    data.cifar10(path("cifar10/test_batch.first1000.bin")),
  ]);
  return {
    name: "VGG-16 blocks 1–2 → CIFAR-10",
    examples: (size, seed) => data.perClass(train, size, { seed }),
    ...{ most: 90, test, transform: toKeras, augment: flipAndCrop, figure: "accuracy" },
    // What the weights are of, and one block more that is learned.
    pretrained: () => twoBlocks(file),
    fresh: () => twoBlocks(null),
    cuts: [
      ["features.4", 4],
      ["features.9", 4],
    ],
    beforeLastBlock: "features.0-4",
  };
}

function twoBlocks(file: formats.WeightFile | null): models.Backbone {
  const whole = models.vgg16({ includeTop: false, inputSize: 32 });
  if (file) transfer.loadPretrained(whole, file);
  const model = transfer.cut(whole, "features.9", { pool: 4 });
  transfer.replaceHead(model, 10);
  return model;
}
