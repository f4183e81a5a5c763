// MNIST → USPS: a small CNN trained on one set of digits and carried over to the other, in the
// three ways to transfer: parameters (fine-tuning), features (frozen extractor, new classifier),
// structure (the same architecture from scratch).
import { data, formats, models, optim, Trainer, transfer } from "webgraft";
import { toMnist, toUsps } from "./digits.ts";
import { loadFile, percent, runCase, train } from "./harness.ts";

const newTrainer = (model: models.SmallCnn, lr: number) =>
  new Trainer({ model, optimizer: new optim.Adam(model.parameters(), { lr }), seed: 1 });

await runCase("mnist-usps", async ({ data: path, out, quick, report }) => {
  const mnist = (part: string) =>
    data.mnist({
      images: path(`mnist/${part}-images-idx3-ubyte.gz`),
      labels: path(`mnist/${part}-labels-idx1-ubyte.gz`),
    });
  const [sourceTrain, sourceTest] = await Promise.all([mnist("train"), mnist("t10k")]);
  const [uspsTrain, uspsTest] = await Promise.all([
    data.usps(path("usps/zip.train.gz")),
    data.usps(path("usps/zip.test.gz")),
  ]);

  const source = models.simpleCnn();
  const sourceTrainer = newTrainer(source, 1e-3);
  const examples = quick ? data.perClass(sourceTrain, 500, { seed: 1 }) : sourceTrain;
  const seconds = await train(sourceTrainer, examples, {
    epochs: quick ? 1 : 3,
    batchSize: 64,
    transform: toMnist,
  });
  const onSource = await sourceTrainer.evaluate(sourceTest, { batchSize: 500 });
  report("MNIST source", "test accuracy %", percent(onSource.accuracy));
  report("MNIST source", "seconds", Math.round(seconds));
  const file = out("mnist_source.safetensors");
  await formats.saveSafetensors(source.stateDict(), file);

  const score = async (trainer: Trainer) =>
    percent((await trainer.evaluate(uspsTest, { batchSize: 500, transform: toUsps })).accuracy);
  const fresh = async () => {
    const model = models.simpleCnn();
    transfer.loadPretrained(model, await loadFile(file));
    return model;
  };
  report("no training", "USPS test %", await score(newTrainer(await fresh(), 1e-3)));

  for (const [name, set, epochs] of [
    ["20 a class", data.perClass(uspsTrain, 20, { seed: 3 }), 30],
    ["all 7,291", uspsTrain, quick ? 1 : 5],
  ] as const) {
    const tune = async (trainer: Trainer) => {
      await train(trainer, set, { epochs, batchSize: 32, transform: toUsps });
      return score(trainer);
    };
    report("parameters: fine-tuned", name, await tune(newTrainer(await fresh(), 5e-4)));
    const features = await fresh();
    transfer.freeze(features, "features");
    transfer.replaceHead(features, 10);
    report("features: frozen extractor", name, await tune(newTrainer(features, 1e-3)));
    report("structure: from scratch", name, await tune(newTrainer(models.simpleCnn(), 1e-3)));
  }
});
