/**
 * Ends a network earlier. Late layers are the source task's own; for another task a head on earlier features may do
 * better. Tries three cuts and tells which is best: `any_cut.ts [photos]`, photos/<class>/*.jpg.
 */
import "webgraft/node";
import { data, init, loadNetwork, manualSeed, models, optim, Trainer, transfer } from "webgraft";

await init();
manualSeed(1);
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: whole, input, transform } = await loadNetwork(letters);
const { train, test } = await openData(process.argv[2]);

const found: { cut: string; accuracy: number }[] = [];
for (const [cut, pool] of [
  ["features.13", 4], // the end of the second block, pooled to 4 × 4
  ["features.20", 4], // of the third
  ["features.27", 2], // all of it
] as const) {
  const model = transfer.cut(whole, cut, { pool }); // has the layers of the whole network
  transfer.replaceHead(model, train.classes?.length ?? 0);
  transfer.freeze(model, "features");
  const cache = new transfer.FeatureCache(model);
  const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 0.01 });
  const trainer = new Trainer({ model: cache.remainder, optimizer });
  const features = await cache.compute(train, { transform });
  await trainer.fit(features, { epochs: 30, batchSize: 16 });
  const { accuracy } = await trainer.evaluate(await cache.compute(test, { transform }));
  console.log(`cut at ${cut}: ${(100 * accuracy).toFixed(1)} %`);
  found.push({ cut, accuracy });
}
const best = found.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
console.log(`best at ${best.cut}: accuracy ${(100 * best.accuracy).toFixed(1)} %`);

async function openData(folder: string | undefined) {
  if (!folder) return data.digits({ perClass: 15, testPerClass: 10 });
  const photos = await data.imageFolder(folder, models.pictureOptions(input));
  const [train, test] = data.split(photos, [0.8, 0.2], { seed: 1, stratify: true });
  return { train, test };
}
