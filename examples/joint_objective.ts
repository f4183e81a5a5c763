/**
 * Two networks that share their layers learn two tasks at once: the least of L_source(θ) + λ·L_target(θ), where the target
 * has few pictures. Here the source is printed digits, the target a few drawn by hand; both start from printed letters.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { capture, data, F, nn, optim, transfer } = graft;
await graft.init();
graft.manualSeed(1);
const { train: target, test } = data.digits({ perClass: 8 });
const { train: source } = data.digits({ perClass: 20, style: "printed" });
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: trunk, transform } = await graft.loadNetwork(letters);

const withHead = () => {
  const network = transfer.cut(trunk, "features.27", { pool: 2 }); // has the layers of the trunk
  transfer.replaceHead(network, 10);
  return network;
};
const [sourceModel, model] = [withHead(), withHead()];
const both = new nn.ModuleList(sourceModel, model); // lists what they share once
const optimizer = new optim.Adam(both.parameters(), { lr: 1e-3 });
// Batch normalisation keeps the statistics it came with: those of two kinds of pictures would be neither's.
both.eval();
const step = capture((images, labels, targetImages, targetLabels) => {
  optimizer.zeroGrad();
  const sourceLoss = F.crossEntropy(sourceModel.forward(images), labels);
  const targetLoss = F.crossEntropy(model.forward(targetImages), targetLabels);
  const loss = transfer.jointLoss(sourceLoss, targetLoss, 0.5);
  loss.backward();
  optimizer.step();
  return loss;
});

// As many batches of the target as of the source: its few pictures come round again and again.
const sampler = data.classBalancedSampler(target, { numSamples: source.length });
const sources = new data.DataLoader(source, { shuffle: true, transform });
const targets = new data.DataLoader(target, { sampler, transform });
for (let epoch = 1; epoch <= 3; epoch++) {
  const others = targets[Symbol.asyncIterator]();
  for await (const [images, labels] of sources) {
    const { value, done } = await others.next();
    if (!done) step(images, labels, ...value);
  }
}
const { accuracy } = await graft.evaluate(model, test, { transform });
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % on drawn digits`);
