// A new head that keeps what the old one knows: rows are copied, merged, renamed, dropped.
import { describe, expect, it } from "vitest";
import { F, models, nn, noGrad, randn, type Tensor, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const BEFORE = ["car", "cat", "dog", "truck"];

const logitsOf = (model: nn.Module, x: Tensor): Promise<number[][]> =>
  noGrad(async () => {
    const logits = model.eval().forward(x) as Tensor;
    const values = [...(await logits.data())];
    return Array.from({ length: logits.shape[0]! }, (_, i) =>
      values.slice(i * logits.shape[1]!, (i + 1) * logits.shape[1]!),
    );
  });

/** Weights and bias of each class. */
async function rowsOf(model: nn.Module): Promise<number[][]> {
  const { weight, bias } = model.get("classifier.4") as nn.Linear;
  const [weights, biases] = [[...(await weight.data())], [...(await bias!.data())]];
  return biases.map((bias, i) => [...weights.slice(i * 84, (i + 1) * 84), bias]);
}

describe("replaceHead with keep", () => {
  it("copies the rows of known classes to the bit, at their new places, and starts others anew", async () => {
    const model = models.lenet({ numClasses: 4 });
    const x = randn([3, 1, 28, 28]);
    const before = await rowsOf(model);
    const logits = await logitsOf(model, x);
    transfer.replaceHead(model, 7, { keep: { 0: 3, 2: 1, 6: 0 } });
    const after = await rowsOf(model);
    expect([after[0], after[2], after[6]]).toEqual([before[3], before[1], before[0]]);
    for (const fresh of [1, 3, 4, 5]) expect(before).not.toContainEqual(after[fresh]);
    (await logitsOf(model, x)).forEach((row, i) => {
      expect(row[0]).toBeCloseTo(logits[i]![3]!, 5);
      expect(row[6]).toBeCloseTo(logits[i]![0]!, 5);
    });
  });

  it("makes one class of several, as likely as they were together where they are alike", async () => {
    const model = new nn.Sequential(new nn.Linear(5, 3));
    const { weight, bias } = model.get("0") as nn.Linear;
    // Classes 1 and 2 alike: the probabilities of the merged one must be their sum.
    noGrad(() => {
      const [first, second] = [weight.narrow(0, 0, 1), weight.narrow(0, 1, 1)];
      const twice = new nn.Linear(5, 3);
      twice.loadStateDict({
        weight: F.concat([first, second, second], 0),
        bias: bias!.mul(0),
      });
      model.set("0", twice);
    });
    const x = randn([4, 5]);
    const softmax = async (rows: number[][]) =>
      rows.map((row) => {
        const weights = row.map(Math.exp);
        const sum = weights.reduce((a, b) => a + b);
        return weights.map((value) => value / sum);
      });
    const before = await softmax(await logitsOf(model, x));
    transfer.replaceHead(model, 2, { keep: { 0: 0, 1: [1, 2] } });
    const after = await softmax(await logitsOf(model, x));
    after.forEach(([kept, merged], i) => {
      const [a, b, c] = before[i] as [number, number, number];
      expect(kept).toBeCloseTo(a, 5);
      expect(merged).toBeCloseTo(b + c, 5);
    });
  });

  it("keeps the rows of a 1×1 convolution, and goes before dropout", async () => {
    const model = models.mobilenetV1({ alpha: 0.25, inputSize: 32, numClasses: 3 });
    const x = randn([1, 3, 32, 32]);
    const [before] = await logitsOf(model, x);
    transfer.replaceHead(model, 4, { keep: { 1: 2 }, dropout: 0.3 });
    const [after] = await logitsOf(model, x);
    expect(after![1]).toBe(before![2]);
  });

  it("keeps nothing of a model without a head, and refuses classes that there aren't", () => {
    const bare = models.simpleCnn({ includeTop: false, inputSize: 8 });
    const keep = (model: nn.Module, given: transfer.KeptClasses) => () =>
      transfer.replaceHead(model, 3, { keep: given });
    expect(keep(bare, { 0: 0 })).toThrow(/the old class 0; there are 0/);
    expect(bare.classifier).toBeNull();
    const model = models.lenet({ numClasses: 4 });
    expect(keep(model, { 3: 0 })).toThrow(/the new class 3; there are 3/);
    expect(keep(model, { 0: 4 })).toThrow(/the old class 4; there are 4/);
    expect(keep(model, { 0: [] })).toThrow(/gives the new class 0 no old one/);
    expect(keep(model, mistyped({ cat: 1 }))).toThrow(/the new class NaN/);
  });
});

describe("keptClasses", () => {
  it("finds classes by name, renamed ones, merged ones; drops the others", () => {
    expect(transfer.keptClasses(BEFORE, ["bird", "cat", "truck"])).toEqual({ 1: [1], 2: [3] });
    const sources = { vehicle: ["car", "truck"], puppy: "dog" };
    expect(transfer.keptClasses(BEFORE, ["vehicle", "puppy", "cat"], sources)).toEqual({
      0: [0, 3],
      1: [2],
      2: [1],
    });
  });

  it("refuses names that there aren't", () => {
    const find = (sources: Record<string, string>) => () =>
      transfer.keptClasses(BEFORE, ["pet"], sources);
    expect(find({ pet: "horse" })).toThrow(/"horse" is none of the old classes: car, cat, dog/);
    expect(find({ pets: "cat" })).toThrow(/"pets" is none of the new classes: pet/);
  });
});
