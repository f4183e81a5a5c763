// Every file of ready-made weights: loads, becomes a network, and reaches what its source says
// (or what its source's own script measured). The last column must say "yes" in every row.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { data, formats, models, nn, optim, Trainer, transfer } from "webgraft";
import { type CaseContext, runCase } from "./harness.ts";

const { transforms } = data;
const IMAGENET = [[0.485, 0.456, 0.406] as const, [0.229, 0.224, 0.225] as const] as const;
const imagenet = [transforms.rescale(), transforms.normalize(...IMAGENET)];
const mnist = [transforms.rescale(), transforms.normalize(0.1307, 0.3081)];
const unit = [transforms.rescale()];
type Steps = typeof imagenet | typeof unit | undefined;

/** Points that a measured percentage may differ by: figures were rounded, pictures are decoded by others. */
const TOLERANCE = 0.1;

interface On {
  readonly set: data.Dataset;
  readonly steps: Steps;
}

function compare(
  { report }: CaseContext,
  name: string,
  expected: number | string,
  measured: number | string,
  agrees: boolean,
): void {
  report(name, "expected", expected);
  report(name, "measured", measured);
  report(name, "agrees", agrees ? "yes" : "NO");
}

/** Fills a network from a file, or builds the one that the file describes. */
async function load(path: string, given?: nn.Module): Promise<nn.Module> {
  const file = await formats.loadWeights(path);
  if (!given && !file.graph) throw file.graphError ?? new Error(`${path}: no network`);
  const model = given ?? models.fromArchitecture(file.graph!);
  const { missing } = transfer.loadPretrained(model, file);
  if (missing.length > 0) throw new Error(`${path}: has nothing for ${missing.join(", ")}`);
  return model;
}

const trainerFor = (model: nn.Module) =>
  new Trainer({ model, optimizer: new optim.SGD(model.parameters(), { lr: 0 }) });

async function accuracy(model: nn.Module, set: data.Dataset, transform: Steps): Promise<number> {
  return (await trainerFor(model).evaluate(set, { batchSize: 100, transform })).accuracy;
}

/** As burn's example import-model-weights defines it. */
function burnNetwork(): nn.Module {
  return new nn.Sequential({
    conv1: new nn.Conv2d(1, 8, 3),
    relu1: new nn.ReLU(),
    conv2: new nn.Conv2d(8, 16, 3),
    relu2: new nn.ReLU(),
    conv3: new nn.Conv2d(16, 24, 3),
    relu3: new nn.ReLU(),
    norm1: new nn.BatchNorm2d(24),
    flatten: new nn.Flatten(),
    fc1: new nn.Linear(24 * 22 * 22, 32),
    relu4: new nn.ReLU(),
    fc2: new nn.Linear(32, 10),
    norm2: new nn.BatchNorm2d(10),
  });
}

const TINY = [
  ...["lifeboat", "ladybug", "pizza", "bell-pepper", "school-bus"],
  ...["koala", "espresso", "red-panda", "orange", "sport-car"],
];
/** How the photos' file names call the classes. */
const CALLED = [
  "boat",
  "bug",
  "pizza",
  "pepper",
  "bus",
  "koala",
  "espresso",
  "panda",
  "orange",
  "car",
];
const PHOTOS = [
  ...["boat_1", "bug_1", "bug_3", "bus_1", "bus_2", "car_1", "espresso_1", "koala_1", "koala_2"],
  ...["koala_3", "orange_1", "orange_3", "panda_1", "panda_2", "panda_3", "panda_5", "pepper_1"],
  ...["pepper_2", "pizza_1", "pizza_2"],
];

async function tinyVgg(context: CaseContext): Promise<void> {
  const { data: path } = context;
  const model = await load(path("weights/tinyvgg_cnn_explainer_tfjs/model.json"));
  const files = PHOTOS.map((name) => path(`photos_tinyvgg_64px/${name}.jpeg`));
  const photos = await data.imageFolder({ photos: files }, { size: 64 });
  const found = await trainerFor(model).predict(photos, { transform: unit, classes: TINY });
  const right = found.filter(({ name }, i) => {
    const called = PHOTOS[i]!.slice(0, PHOTOS[i]!.indexOf("_"));
    return name === TINY[CALLED.indexOf(called)];
  }).length;
  const text = (n: number) => `${n} of ${PHOTOS.length} photos`;
  compare(context, "tinyvgg_cnn_explainer_tfjs", text(14), text(right), right === 14);
}

/** A state dict of a course's network. Its source gives no figure; the photos are of another kind. */
async function pizza(context: CaseContext): Promise<void> {
  const { data: path } = context;
  const block = (inputs: number) =>
    new nn.Sequential(
      new nn.Conv2d(inputs, 10, 3),
      new nn.ReLU(),
      new nn.Conv2d(10, 10, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
    );
  const network = new nn.Sequential({
    conv_block_1: block(3),
    conv_block_2: block(10),
    classifier: new nn.Sequential(new nn.Flatten(), new nn.Linear(10 * 13 * 13, 3)),
  });
  const name = "tinyvgg_mrdbourke";
  const file = path(`weights/${name}/05_going_modular_script_mode_tinyvgg_model.pth`);
  const model = await load(file, network);
  const files = ["pizza_1", "pizza_2"].map((photo) => path(`photos_tinyvgg_64px/${photo}.jpeg`));
  const photos = await data.imageFolder({ photos: files }, { size: 64 });
  const classes = ["pizza", "steak", "sushi"];
  const found = await trainerFor(model).predict(photos, { transform: unit, classes });
  const finite = found.every(({ probabilities }) => probabilities.every(Number.isFinite));
  const names = found.map((prediction) => prediction.name).join(", ");
  compare(context, name, "loads", `loads; two pizzas: ${names}`, finite);
}

const TOP = ["Persian cat", "Walker hound", "African elephant", "basketball"];

async function mobilenet(context: CaseContext): Promise<void> {
  const { data: path } = context;
  const file = path("weights/mobilenet_v1_025_224_tfjs/mobilenet_model.json");
  const model = await load(file, models.mobilenetV1({ alpha: 0.25 }));
  const text = await readFile(path("weights/imagenet_classes/imagenet_classes.json"), "utf8");
  const classes = Object.values<string>(JSON.parse(text));
  const files = ["cat", "dog", "elephants", "basketball"].map((name) =>
    path(`photos_single/${name}.jpg`),
  );
  const photos = await data.imageFolder(
    { photos: files },
    { size: 224, resize: "crop", antialias: false },
  );
  const transform = [transforms.rescale(1 / 127.5, -1)];
  const found = await trainerFor(model).predict(photos, { transform, classes });
  found.forEach(({ name, probability }, i) => {
    const photo = `mobilenet_v1_025: ${basename(photos.nameOf(i))}`;
    compare(context, photo, TOP[i]!, `${name} ${probability.toFixed(2)}`, name.startsWith(TOP[i]!));
  });
}

/** The files keep 11 binary digits behind the point. */
const STEP = 2 ** -11;

/** Largest and smallest weight of each layer, as the notebook of the files' source prints them. */
const EXTREMES: readonly (readonly [number, number])[] = [
  [0.6085, -0.6714],
  [0.2892, -0.2156],
  [0.4166, -0.3359],
  [0.2774, -0.1819],
];

async function vggBlocks(context: CaseContext): Promise<void> {
  const { data: path } = context;
  const name = "vgg16_imagenet_blocks1-2";
  const file = await formats.loadWeights(
    path(`weights/${name}/vgg16_blocks1-2.keras-ordering.torchnames.safetensors`),
  );
  const model = models.vgg16({ includeTop: false });
  const { loaded } = transfer.loadPretrained(model, file);
  const right = [0, 2, 5, 7].filter((layer, i) => {
    const values = Array.from(file.tensors.get(`features.${layer}.weight`)!.data(), Number);
    const extremes = values.reduce(([a, b], v) => [Math.max(a!, v), Math.min(b!, v)], [0, 0]);
    return extremes.every((value, k) => Math.abs(value - EXTREMES[i]![k]!) < STEP);
  }).length;
  const text = (n: number) => `8 tensors, ${n} extremes right`;
  const measured = `${loaded.length} tensors, ${right} extremes right`;
  compare(context, name, text(4), measured, measured === text(4));
}

await runCase("reference-weights", async (context) => {
  const { data: path } = context;
  const cifar = await data.cifar10(path("cifar10/test_batch.first1000.bin"));
  const digits = await data.mnist({
    images: path("mnist/t10k-images-idx3-ubyte.gz"),
    labels: path("mnist/t10k-labels-idx1-ubyte.gz"),
  });
  const score = async (name: string, expected: number, model: nn.Module, on: On) => {
    const measured = Math.round(1e4 * (await accuracy(model, on.set, on.steps))) / 100;
    compare(context, name, expected, measured, Math.abs(measured - expected) <= TOLERANCE);
  };

  const burn = await load(path("weights/mnist_cnn_burn/mnist.safetensors"), burnNetwork());
  await score("mnist_cnn_burn", 99.17, burn, { set: digits, steps: mnist });
  const onnx = await load(path("weights/mnist_cnn_onnx/opt-mnist.onnx"));
  await score("mnist_cnn_onnx", 98.9, onnx, { set: digits, steps: unit });
  const resnet20 = path("weights/cifar10_resnet20/resnet20-12fca82f.th");
  const small = await load(resnet20, models.resnet20({ numClasses: 10 }));
  await score("cifar10_resnet20", 91.5, small, { set: cifar, steps: imagenet });
  const keras = await load(path("weights/cifar10_resnet8_mlperf_tiny/pretrainedResnet.h5"));
  await score("cifar10_resnet8_mlperf_tiny", 88.1, keras, { set: cifar, steps: undefined });

  const animals = models.vgg16({ inputSize: 32, includeTop: false });
  transfer.replaceHead(animals, 6);
  await load(path("weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors"), animals);
  const six = data.selectClasses(cifar, ["bird", "cat", "deer", "dog", "frog", "horse"]);
  await score("vgg16_cifar_animals", 83.1, animals, { set: six, steps: imagenet });

  await tinyVgg(context);
  await pizza(context);
  await mobilenet(context);
  await vggBlocks(context);
});
