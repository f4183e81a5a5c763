/**
 * Two networks that share their layers learn two tasks at once: the least of L_source(θ) + λ·L_target(θ), where the target
 * has few pictures. Here the source is printed digits, the target a few drawn by hand; both start from printed letters.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, nn, optim, transfer } = graft;
await graft.init();
graft.manualSeed(1);
const { train: target, test } = data.digits({ perClass: 8, testPerClass: 10 });
const { train: source } = data.digits({ perClass: 10, style: "printed" });
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: trunk, transform } = await graft.loadNetwork(letters);

transfer.freeze(trunk, "features.0-20"); // what comes first runs once for each picture
const withHead = () => {
  const network = transfer.cut(trunk, "features.27", { pool: 2 }); // has the layers of the trunk
  transfer.replaceHead(network, 10);
  return new transfer.FeatureCache(network);
};
const [ofSource, ofTarget] = [withHead(), withHead()];
const [sourceModel, model] = [ofSource.remainder, ofTarget.remainder];
// Batch normalisation keeps the statistics it came with: those of two kinds of pictures would be neither's.
for (const module of trunk.modules())
  if (module instanceof nn.BatchNorm2d) module.requiresGrad_(false);
const both = new nn.ModuleList(sourceModel, model); // lists what they share once

const trainer = new graft.Trainer({
  model,
  optimizer: new optim.Adam(
    both.parameters().filter(({ requiresGrad }) => requiresGrad),
    { lr: 1e-3 },
  ),
  objective: transfer.jointObjective({
    ...{ model: sourceModel, set: await ofSource.compute(source, { transform }), batchSize: 8 },
    lambda: (progress) => 0.25 + progress, // the target counts for more and more
  }),
});
const features = await ofTarget.compute(target, { transform });
for await (const event of trainer.fit(features, { epochs: 8, batchSize: 8 }))
  if (event.type === "epoch")
    console.log(`epoch ${event.epoch + 1}: loss ${event.loss.toFixed(3)}`);
const { accuracy } = await trainer.evaluate(await ofTarget.compute(test, { transform }));
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % on drawn digits`);
