// On real digits: what MNIST taught is kept where a network learns USPS beside it, and lost where it learns USPS alone.
import { describe, expect, it } from "vitest";
import {
  data,
  evaluate,
  manualSeed,
  models,
  nn,
  optim,
  Trainer,
  transfer,
} from "../../src/index.ts";
import { sharedData } from "../shared_data.ts";

const { transforms } = data;
const toMnist = [
  transforms.rescale(),
  transforms.centerCrop(20),
  transforms.normalize(0.1307, 0.3081),
];
const toUsps = [
  transforms.rescale(0.5, 0.5),
  transforms.resize(20),
  transforms.normalize(0.1307, 0.3081),
];
const [mnist, usps] = [sharedData("mnist"), sharedData("usps")];

const newCnn = () => models.simpleCnn({ inputSize: 20 });
const fitting = { epochs: 12, batchSize: 32, transform: toUsps };

function trainerOf(model: nn.Module, lr: number, objective?: ReturnType<typeof joint>): Trainer {
  const beside = Object.values(objective?.modules ?? {});
  const optimizer = new optim.Adam(new nn.ModuleList(model, ...beside).parameters(), { lr });
  return new Trainer({ model, optimizer, objective, seed: 1 });
}

function joint(model: nn.Module, set: data.Dataset) {
  return transfer.jointObjective({ model, set, batchSize: 64, transform: toMnist, lambda: 0.5 });
}

describe.skipIf(!mnist || !usps)("MNIST and USPS, 20 labels a class of it", () => {
  it("jointly: USPS better than by fine-tuning, MNIST 5 points above what that leaves", async () => {
    manualSeed(1);
    const digits = (part: string) =>
      data.mnist({
        images: `${mnist}/${part}-images-idx3-ubyte.gz`,
        labels: `${mnist}/${part}-labels-idx1-ubyte.gz`,
      });
    const source = data.perClass(await digits("train"), 200, { seed: 1 });
    const sourceTest = data.perClass(await digits("t10k"), 100, { seed: 1 });
    const target = data.perClass(await data.usps(`${usps}/zip.train.gz`), 20, { seed: 3 });
    const targetTest = await data.usps(`${usps}/zip.test.gz`);
    const judge = async (model: nn.Module, set: data.Dataset, transform: typeof toMnist) =>
      100 * (await evaluate(model, set, { batchSize: 500, transform })).accuracy;

    const trained = newCnn();
    const fit = { epochs: 4, batchSize: 64, transform: toMnist };
    await trainerOf(trained, 2e-3).fit(source, fit);
    const fresh = () => {
      const model = newCnn();
      model.loadStateDict(trained.stateDict());
      return model;
    };

    const tuned = fresh();
    await trainerOf(tuned, 1e-3).fit(target, fitting);
    const [onMnist, onUsps] = [fresh(), fresh()];
    onMnist.set("features", onUsps.features);
    onMnist.set("classifier.0", onUsps.get("classifier.0"));
    await trainerOf(onUsps, 1e-3, joint(onMnist, source)).fit(target, fitting);

    const alone = [await judge(tuned, sourceTest, toMnist), await judge(tuned, targetTest, toUsps)];
    const both = [
      await judge(onMnist, sourceTest, toMnist),
      await judge(onUsps, targetTest, toUsps),
    ];
    console.log(`fine-tuned alone: MNIST, USPS ${alone}; jointly ${both}`);
    expect(both[0]).toBeGreaterThan(alone[0]! + 5);
    expect(both[1]).toBeGreaterThan(alone[1]!);
  }, 600_000);
});
