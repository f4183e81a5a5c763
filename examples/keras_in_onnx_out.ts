/**
 * A Keras file in, an ONNX file out: `keras_in_onnx_out.ts [model.h5] [photos]`. The network is the one that the file
 * describes. Without a file, one is written first: the network that knows letters, in Keras' layers.
 */
import "webgraft/node";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as graft from "webgraft";

const { data, formats, models, optim, transfer } = graft;
await graft.init();
graft.manualSeed(1);
const [file = await writeKeras(join(tmpdir(), "letters.h5")), folder] = process.argv.slice(2);
const keras = await graft.loadNetwork(file);
const { model, input, transform } = keras;
console.log(`${file}: ${keras.file.format}, ${keras.classes.length} classes`);
const { train, test } = folder ? await openFolder(folder) : data.digits({ testPerClass: 10 });
const { classes = [] } = train;
transfer.freeze(model);
transfer.replaceHead(model, classes.length);
const cache = new transfer.FeatureCache(model);
const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 0.01 });
const trainer = new graft.Trainer({ model: cache.remainder, optimizer });
await trainer.fit(await cache.compute(train, { transform }), { epochs: 20 });
const onnxFile = join(tmpdir(), "tuned.onnx");
await formats.saveOnnx(model, { path: onnxFile, ...described(input, classes) });
const onnx = await graft.loadNetwork(onnxFile); // knows its classes, and how pictures are prepared
for (const { model, transform, file } of [keras, onnx]) {
  const { accuracy } = await graft.evaluate(model, test, { transform });
  console.log(`${file.format}: accuracy ${(100 * accuracy).toFixed(1)} %`);
}

/** What a file says of a network besides its layers. */
function described(input: graft.transfer.NetworkInput, classes: readonly string[]) {
  const metadata = transfer.networkMetadata({ architecture: "from file", input, classes });
  return { metadata, inputShape: [input.channels, input.size, input.size] };
}

async function writeKeras(path: string): Promise<string> {
  const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
  const { model, input, classes } = await graft.loadNetwork(letters);
  await formats.saveKerasH5(model, { path, ...described(input, classes) });
  return path;
}

async function openFolder(root: string) {
  const photos = await data.imageFolder(root, models.pictureOptions(input));
  const [train, test] = data.split(photos, [0.8, 0.2], { seed: 1, stratify: true });
  return { train, test };
}
