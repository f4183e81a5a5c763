// Learning from another network: the loss against PyTorch's, and what is remembered by it and by a rehearsal set.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  data,
  evaluate,
  manualSeed,
  nn,
  optim,
  type Tensor,
  Trainer,
  tensor,
  transfer,
} from "../../src/index.ts";
import { uniform } from "../golden/weights.ts";
import { expectClose } from "../ops/compare.ts";

interface Case {
  name: string;
  shape: [number, number];
  temperature: number;
  loss: [number];
  gradient: number[];
}

const golden: Case[] = JSON.parse(
  readFileSync(new URL("../golden/domain.json", import.meta.url), "utf8"),
).cases.distillation;

const logits = (name: string, shape: number[]) =>
  tensor(uniform(name, shape).map((value) => value * 1.5)).reshape(shape);

describe("distillationLoss", () => {
  it.each(golden)("$name: the loss and its gradient are PyTorch's", async (given) => {
    const { name, shape, temperature } = given;
    const own = logits(`${name}/logits`, shape).detach().requiresGrad_(true);
    const loss = transfer.distillationLoss(own, logits(`${name}/teacher`, shape), { temperature });
    expectClose("loss", [await loss.item()], given.loss, [1], 1e-5);
    loss.backward();
    expectClose("gradient", [...(await own.grad!.data())], given.gradient, shape, 1e-4);
  });

  it("refuses a temperature that is none", () => {
    const x = logits("x", [2, 3]);
    expect(() => transfer.distillationLoss(x, x, { temperature: 0 })).toThrow(/temperature is 0/);
  });
});

/** A dataset's members, to which others can be added. */
const spread = (set: data.Dataset) => ({ length: set.length, get: (i: number) => set.get(i) });

/** In degrees round the middle: the new classes lie between the old ones. */
const PLACES = [0, 120, 240, 60, 180];

/** Points in the plane around a place for each class. */
function points(classes: readonly number[], each: number, seed: number) {
  const random = new data.Random(seed, 0);
  const labels = Int32Array.from(
    { length: classes.length * each },
    (_, i) => classes[i % classes.length]!,
  );
  const values = new Float32Array(2 * labels.length);
  labels.forEach((label, i) => {
    const angle = (PLACES[label]! * Math.PI) / 180;
    const noise = () => (random.float() + random.float() - 1) * 0.8;
    values.set([2 * Math.cos(angle) + noise(), 2 * Math.sin(angle) + noise()], 2 * i);
  });
  return { ...spread(data.fromArrays(values, [2, 1, 1], labels)), values };
}

const [OLD, NEW] = [
  [0, 1, 2],
  [3, 4],
];
const net = (outputs: number) =>
  new nn.Sequential({
    flatten: new nn.Flatten(),
    hidden: new nn.Linear(2, 32),
    relu: new nn.ReLU(),
    head: new nn.Linear(32, outputs),
  });
const fitting = { epochs: 20, batchSize: 10 };

function trainerOf(model: nn.Module, objective?: ReturnType<typeof transfer.distillation>) {
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  return new Trainer({ model, optimizer, objective, seed: 2 });
}

describe("learning without forgetting", () => {
  const keep = { 0: 0, 1: 1, 2: 2 };
  const [oldTest, newTest] = [points(OLD, 40, 9), points(NEW, 40, 9)];
  const oldPoints = tensor(oldTest.values).reshape([oldTest.length, 2, 1, 1]);
  const accuracy = async (model: nn.Module, set: data.Dataset) =>
    (await evaluate(model, set, { batchSize: 40 })).accuracy;

  /** A network that knew the old classes and learned the new ones, from their examples alone. */
  async function learned(
    objectiveFor: (teacher: nn.Module) => ReturnType<typeof transfer.distillation> | undefined,
  ) {
    manualSeed(5);
    const teacher = net(3);
    await trainerOf(teacher).fit(points(OLD, 40, 1), fitting);
    const model = net(3);
    model.loadStateDict(teacher.stateDict());
    transfer.replaceHead(model, 5, { keep });
    await trainerOf(model, objectiveFor(teacher)).fit(points(NEW, 40, 2), fitting);
    const [old, fresh] = [await accuracy(model, oldTest), await accuracy(model, newTest)];
    transfer.replaceHead(model, 3, { keep }); // what it says of the old classes alone
    const drift = await transfer
      .distillationLoss(model.forward(oldPoints) as Tensor, teacher.forward(oldPoints) as Tensor)
      .item();
    return { old, fresh, drift };
  }

  it("the old network's answers and a few old examples keep what would be forgotten", async () => {
    const rehearsal = { set: points(OLD, 4, 3), batchSize: 6 };
    const alone = await learned(() => undefined);
    const taught = await learned((teacher) => transfer.distillation({ teacher, keep, weight: 2 }));
    const both = await learned((teacher) =>
      transfer.combineObjectives(
        transfer.distillation({ teacher, keep }),
        transfer.jointObjective(rehearsal),
      ),
    );
    console.log("old and new classes:", { alone, taught, both });
    expect(alone.old).toBeLessThan(0.5);
    expect(taught.drift).toBeLessThan(0.5 * alone.drift);
    expect(both.old).toBeGreaterThan(0.9);
    for (const { fresh } of [alone, taught, both]) expect(fresh).toBeGreaterThan(0.9);
  }, 600_000);

  it("leaves the teacher as it was, and refuses one that would learn along", async () => {
    const teacher = net(3);
    const before = [...(await teacher.parameters()[0]!.data())];
    const model = net(5);
    const objective = transfer.distillation({ teacher, keep });
    await trainerOf(model, objective).fit(points(NEW, 4, 2), { epochs: 1, batchSize: 8 });
    expect([...(await teacher.parameters()[0]!.data())]).toEqual(before);
    expect(teacher.training).toBe(false);
    const shared = new nn.Sequential({ flatten: new nn.Flatten(), hidden: teacher.get("hidden") });
    const same = trainerOf(net(3).requiresGrad_(true), transfer.distillation({ teacher: shared }));
    same.model.set("hidden", shared.get("hidden"));
    await expect(same.fit(points(OLD, 4, 2))).rejects.toThrow(/has layers of the model/);
    expect(() => transfer.distillation({ teacher, keep: { 0: [1, 2] } })).toThrow(
      /one class of the teacher for each class/,
    );
  });
});
