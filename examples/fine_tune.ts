/** Fine-tunes a network by hand: the one that comes with the package knows printed letters, and learns drawn digits. */
import "webgraft/node"; // in Node only, and first
import * as graft from "webgraft";

const { data, formats, optim, transfer } = graft;
await graft.init();
graft.manualSeed(1);

// Any file that describes its network (Keras, TF.js, ONNX), names it, or holds the tensors of a known one.
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model, architecture, input, transform } = await graft.loadNetwork(letters);
const { train, test } = data.digits(); // 120 drawings; your own: data.imageFolder("photos")
const { classes } = train;
transfer.replaceHead(model, classes.length);
transfer.freeze(model, "features.0-13"); // the first two blocks stay as they are

const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
const trainer = new graft.Trainer({ model, optimizer });
for await (const event of trainer.fit(train, { epochs: 5, batchSize: 16, transform })) {
  if (event.type === "epoch")
    console.log(`epoch ${event.epoch + 1}: loss ${event.loss.toFixed(3)}`);
}
const { accuracy } = await trainer.evaluate(test, { transform });
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % on ${test.length} new drawings`);

const metadata = transfer.networkMetadata({ architecture, input, classes });
await formats.saveSafetensors(model.stateDict(), { path: "digits.safetensors", metadata });
const network = await graft.loadNetwork("digits.safetensors");
console.log(await network.predict(data.subset(test, [3]))); // [{ name: "3", probability, … }]
