/**
 * Uses a network as it is, as a frozen extractor of features: every picture runs through it once, and a new head learns
 * from what came out. The cheapest way to transfer: `features_only.ts [photos] [weights]`, photos/<class>/*.jpg and a name
 * that `graft models` lists. Without them, the network that comes with the package, which knows letters, learns digits.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, models, optim, Trainer, transfer } = graft;
const [photos, weights = "mobilenet_v1_0.25"] = process.argv.slice(2);
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");

await graft.init();
graft.manualSeed(1);
const { model, input } = await (photos ? transfer.pretrained(weights) : graft.loadNetwork(letters));
const { train, test } = photos
  ? await openFolder(photos)
  : data.digits({ perClass: 15, testPerClass: 10 });
transfer.replaceHead(model, train.classes?.length ?? 0);
transfer.freeze(model, "features");

const transform = models.transformsOf(input);
const cache = new transfer.FeatureCache(model);
const features = await cache.compute(train, { transform });
const testFeatures = await cache.compute(test, { transform });

const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 0.01 });
const trainer = new Trainer({ model: cache.remainder, optimizer });
const start = performance.now();
await trainer.fit(features, { epochs: 30, batchSize: 16 });
console.log(`30 epochs in ${((performance.now() - start) / 1000).toFixed(1)} s`);
const { accuracy } = await trainer.evaluate(testFeatures);
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % on ${test.length} new pictures`);

async function openFolder(root: string) {
  const photos = await data.imageFolder(root, models.pictureOptions(input));
  const [train, test] = data.split(photos, [0.8, 0.2], { seed: 1, stratify: true });
  return { train, test };
}
