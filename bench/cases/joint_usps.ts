// MNIST and USPS at once: the least of L_source(θ) + λ · L_target(θ), with 20 labels a class of USPS. What it makes of both
// sets of digits, beside a network that learned MNIST and is then fine-tuned on USPS alone.
import { data, evaluate, models, nn, optim, Trainer, transfer } from "webgraft";
import { toMnist, toUsps } from "./digits.ts";
import { percent, runCase, train } from "./harness.ts";

await runCase("joint-usps", async ({ data: path, quick, report }) => {
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
  const source = quick ? data.perClass(sourceTrain, 500, { seed: 1 }) : sourceTrain;
  const target = data.perClass(uspsTrain, 20, { seed: 3 });

  const trained = models.simpleCnn();
  await train(trainerOf(trained, trained.parameters(), 1e-3), source, {
    epochs: quick ? 2 : 3,
    batchSize: 64,
    transform: toMnist,
  });
  const fresh = () => {
    const model = models.simpleCnn();
    model.loadStateDict(trained.stateDict());
    return model;
  };
  const judge = async (row: string, onMnist: nn.Module, onUsps: nn.Module) => {
    const options = { batchSize: 500 };
    const there = await evaluate(onMnist, sourceTest, { ...options, transform: toMnist });
    const here = await evaluate(onUsps, uspsTest, { ...options, transform: toUsps });
    report(row, "MNIST test %", percent(there.accuracy));
    report(row, "USPS test %", percent(here.accuracy));
  };
  await judge("MNIST alone", trained, trained);

  const epochs = 30;
  const fitting = { epochs, batchSize: 32, transform: toUsps };
  const tuned = fresh();
  await train(trainerOf(tuned, tuned.parameters(), 5e-4), target, fitting);
  await judge("fine-tuned on USPS", tuned, tuned);

  // Two networks with the layers of one, each with a last layer of its own.
  const [onMnist, onUsps] = [fresh(), fresh()];
  onMnist.set("features", onUsps.features);
  onMnist.set("classifier.0", onUsps.get("classifier.0"));
  const both = new nn.ModuleList(onUsps, onMnist);
  const objective = transfer.jointObjective({
    ...{ model: onMnist, set: source, batchSize: 64, transform: toMnist },
    lambda: (progress) => 0.5 + progress,
  });
  await train(trainerOf(onUsps, both.parameters(), 5e-4, objective), target, fitting);
  await judge("joint, two heads", onMnist, onUsps);
});

function trainerOf(
  model: nn.Module,
  parameters: ReturnType<nn.Module["parameters"]>,
  lr: number,
  objective?: ReturnType<typeof transfer.jointObjective>,
): Trainer {
  return new Trainer({ model, optimizer: new optim.Adam(parameters, { lr }), objective, seed: 1 });
}
