/**
 * Several labels a picture: each is a yes or no of its own, with binary cross-entropy in place of cross-entropy. Here a
 * network that knows letters learns of each drawn digit whether it is even, prime, and drawn with a closed loop.
 */
import "webgraft/node";
import { data, init, loadNetwork, manualSeed, nn, optim, Trainer, transfer } from "webgraft";

const properties: Record<string, readonly number[]> = {
  even: [0, 2, 4, 6, 8],
  prime: [2, 3, 5, 7],
  loop: [0, 6, 8, 9],
};
const classes = Object.keys(properties);

/** Any object with a length and a getter is a dataset. A label is a number from 0 to 1 for each class. */
function withProperties(digits: data.GlyphSet): data.Dataset {
  const labels = Array.from({ length: 10 }, (_, digit) =>
    classes.map((name) => Number(properties[name].includes(digit))),
  );
  return {
    length: digits.length,
    classes,
    get(index) {
      const { image, shape } = digits.get(index);
      return { image, shape, label: labels[digits.labels[index]] };
    },
  };
}

await init();
manualSeed(1);
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model, transform } = await loadNetwork(letters);
transfer.replaceHead(model, classes.length);
transfer.freeze(model, "features");

const { train, test } = data.digits({ perClass: 20, testPerClass: 10 });
const cache = new transfer.FeatureCache(model);
const features = (set: data.GlyphSet) => cache.compute(withProperties(set), { transform });
const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 5e-3 });
const loss = new nn.BCEWithLogitsLoss();
const trainer = new Trainer({ model: cache.remainder, optimizer, loss });
await trainer.fit(await features(train), { epochs: 30, batchSize: 16 });
const { accuracy, perClass } = await trainer.evaluate(await features(test));
for (const [i, { precision, recall }] of perClass.entries())
  console.log(`${classes[i]}: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`);
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % of all labels`);
