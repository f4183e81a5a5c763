/**
 * Judges a network beyond its accuracy: figures with intervals, whether it is as sure as it may be, what it gets wrong, what in
 * the picture spoke for that, and which training pictures it takes the picture to be like. `graft --report` makes a page of these.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, explain, metrics, optim, predict, transfer } = graft;

await graft.init();
graft.manualSeed(1);
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model, transform } = await graft.loadNetwork(letters);
const { train, test } = data.digits({ perClass: 15, testPerClass: 10 });
transfer.replaceHead(model, train.classes?.length ?? 0);
transfer.freeze(model, "features");
const cache = new transfer.FeatureCache(model);
const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 0.01 });
const trainer = new graft.Trainer({ model: cache.remainder, optimizer });
await trainer.fit(await cache.compute(train, { transform }), { epochs: 20, batchSize: 16 });

const yTrue = data.labelsOf(test);
const found = await predict(model, test, { transform });
const yPred = found.map(({ label }) => label);
const f1 = (t: ArrayLike<number>, p: ArrayLike<number>) =>
  metrics.f1Score(t, p, { average: "macro" });
const { low, high } = metrics.bootstrap([yTrue, yPred], f1, { resamples: 500 });
console.log(`accuracy ${(100 * metrics.accuracyScore(yTrue, yPred)).toFixed(1)} %`);
console.log(
  `macro F1 ${f1(yTrue, yPred).toFixed(3)}, 95 % within ${low.toFixed(3)}–${high.toFixed(3)}`,
);

const outputs = found.map((one) => one.outputs);
const temperature = metrics.fitTemperature(yTrue, outputs);
const error = (t: number) =>
  metrics.expectedCalibrationError(yTrue, metrics.softmax(outputs, { temperature: t })).toFixed(3);
console.log(
  `calibration error ${error(1)}; ${error(temperature)} with outputs / ${temperature.toFixed(2)}`,
);

const [worst] = explain.worstMistakes(yTrue, found, { count: 1 });
if (worst) {
  const picture = data.subset(test, [worst.index]);
  const { label, prediction } = worst;
  const [map] = await explain.gradCam(model, picture, { transform, classes: [prediction.label] });
  console.log(`worst: a ${label} taken for ${prediction.name}; what spoke for it`, map);
  const seen = await explain.embeddings(model, train, { transform });
  const [near] = explain.nearest(await explain.embeddings(model, picture, { transform }), seen);
  console.log(`most like ${near?.map(({ index }) => train.nameOf?.(index)).join(", ")}`);
}
