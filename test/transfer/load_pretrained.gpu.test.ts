import { describe, expect, it } from "vitest";
import { formats, models, nn, tensor, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

/** A weight file with every tensor counting up from its position in the file. */
async function fileOf(shapes: Record<string, number[]>): Promise<formats.WeightFile> {
  const dict = Object.entries(shapes).map(([name, shape], i) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return [
      name,
      tensor(
        Float32Array.from({ length: size }, (_, k) => i + k / 100),
        { shape },
      ),
    ];
  });
  return formats.loadWeights(await formats.saveSafetensors(Object.fromEntries(dict)));
}

const small = () =>
  new nn.Sequential({
    conv: new nn.Conv2d(1, 2, 3),
    bn: new nn.BatchNorm2d(2),
    flatten: new nn.Flatten(),
    head: new nn.Linear(8, 3),
  });
const SHAPES = {
  "conv.weight": [2, 1, 3, 3],
  "conv.bias": [2],
  "bn.weight": [2],
  "bn.bias": [2],
  "bn.running_mean": [2],
  "bn.running_var": [2],
  "head.weight": [3, 8],
  "head.bias": [3],
};
const renamed = (change: (name: string) => string) =>
  Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [change(name), shape]));
/** A number from the first value of each tensor: its position in the file. */
const positions = async (model: nn.Module) =>
  Promise.all(Object.values(model.stateDict()).map(async (t) => Math.floor((await t.data())[0]!)));

describe("loadPretrained matches", () => {
  it("names as they are", async () => {
    const model = small();
    const report = transfer.loadPretrained(model, await fileOf(SHAPES));
    expect(report.loaded).toEqual(Object.keys(model.stateDict()));
    expect(report.missing).toEqual([]);
    expect(report.skipped).toEqual([]);
    expect(report.renamed).toEqual({});
    expect(await model.stateDict()["head.bias"]!.data()).toEqual(new Float32Array([7, 7.01, 7.02]));
  });

  it("names behind wrappers", async () => {
    const file = await fileOf(renamed((name) => `module.model.${name}`));
    const model = small();
    const report = transfer.loadPretrained(model, file);
    expect(report.missing).toEqual([]);
    expect(report.renamed["conv.weight"]).toBe("module.model.conv.weight");
  });

  it("names by a unique ending, either way", async () => {
    const model = new nn.Sequential({ features: small() });
    expect(transfer.loadPretrained(model, await fileOf(SHAPES)).missing).toEqual([]);
    const longer = await fileOf(renamed((name) => `encoder.stage.${name}`));
    expect(transfer.loadPretrained(small(), longer).missing).toEqual([]);
  });

  it("in order when no name fits and the shapes run in step", async () => {
    const model = small();
    const own = Object.entries(model.stateDict()).map(([, { shape }], i) => [`t${i}`, shape]);
    const report = transfer.loadPretrained(model, await fileOf(Object.fromEntries(own)));
    expect(report.loaded).toHaveLength(8);
    expect(await positions(model)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("a classifier under other names, also as convolutions over the whole map", async () => {
    const model = small();
    const file = await fileOf({
      ...Object.fromEntries(Object.entries(SHAPES).slice(0, 6)),
      "bn.num_batches_tracked": [],
      "pre_logits.fc.weight": [3, 2, 2, 2],
      "pre_logits.fc.bias": [3],
    });
    const report = transfer.loadPretrained(model, file);
    expect(report.missing).toEqual([]);
    expect(report.renamed).toEqual({
      "head.weight": "pre_logits.fc.weight",
      "head.bias": "pre_logits.fc.bias",
    });
    expect(report.transposed).toEqual({ "head.weight": [3, 2, 2, 2] });
    expect(await positions(model)).toEqual([0, 1, 2, 3, 4, 5, 7, 8]);
  });

  it("Keras' layout, and says what was transposed", async () => {
    const options = { inputSize: 12, numClasses: 3 };
    const [from, to] = [models.lenet(options), models.lenet(options)];
    const file = await formats.loadWeights(
      await formats.saveKerasH5(from, { inputShape: [1, 12, 12] }),
    );
    const { missing, transposed } = transfer.loadPretrained(to, file);
    expect(missing).toEqual([]);
    const weights = Object.entries(to.stateDict()).filter(([, { shape }]) => shape.length > 1);
    expect(Object.keys(transposed)).toEqual(weights.map(([name]) => name));
    const [first, { shape }] = weights[0]!;
    expect(transposed[first]).toEqual([2, 3, 1, 0].map((axis) => shape[axis]));
  });

  it("in order only up to the first difference", async () => {
    const model = new nn.Sequential({
      a: new nn.Linear(4, 4),
      b: new nn.Linear(4, 4),
      c: new nn.Linear(4, 2),
    });
    const file = await fileOf({ u: [4, 4], v: [4], w: [4, 4], x: [4], y: [9, 4], z: [9] });
    const report = transfer.loadPretrained(model, file);
    expect(report.loaded).toEqual(["a.weight", "a.bias", "b.weight", "b.bias"]);
    expect(report.missing).toEqual(["c.weight", "c.bias"]);
    expect(report.skipped.map(({ name }) => name)).toEqual(["y", "z"]);
  });

  it("what rename makes of the names, leaving out undefined", async () => {
    const file = await fileOf(renamed((name) => name.replace("conv", "layer_1")));
    const rename = (name: string) =>
      name.startsWith("head") ? undefined : name.replace("layer_1", "conv");
    const report = transfer.loadPretrained(small(), file, { rename });
    expect(report.missing).toEqual(["head.weight", "head.bias"]);
    expect(() => transfer.loadPretrained(small(), file, { rename: () => "same" })).toThrow(
      /rename gives two tensors the name same/,
    );
  });

  it("models with their own names: a lenet saved and loaded", async () => {
    const [from, to] = [models.lenet({ inputSize: 12 }), models.lenet({ inputSize: 12 })];
    const file = await formats.loadWeights(await formats.saveSafetensors(from.stateDict()));
    transfer.loadPretrained(to, file);
    expect(await to.parameters()[0]!.data()).toEqual(await from.parameters()[0]!.data());
  });
});

describe("what doesn't fit", () => {
  const otherHead = { ...SHAPES, "head.weight": [10, 8], "head.bias": [10] };

  it("is an error that lists every shape, and nothing is loaded", async () => {
    const model = small();
    const before = await positions(model);
    const file = await fileOf(otherHead);
    const load = () => transfer.loadPretrained(model, file);
    expect(load).toThrow(/2 tensors have another shape; nothing was loaded/);
    expect(load).toThrow(/head\.weight: shape \[10, 8\] in the file, \[3, 8\] in the model/);
    expect(load).toThrow(/onMismatch: "skip"/);
    expect(await positions(model)).toEqual(before);
  });

  it("is skipped and reported when that is asked for", async () => {
    const model = small();
    const head = await model.stateDict()["head.weight"]!.data();
    const report = transfer.loadPretrained(model, await fileOf(otherHead), { onMismatch: "skip" });
    expect(report.loaded).toHaveLength(6);
    expect(report.missing).toEqual(["head.weight", "head.bias"]);
    expect(report.skipped.map(({ name }) => name)).toEqual(["head.weight", "head.bias"]);
    expect(report.skipped[0]!.why).toMatch(/shape \[10, 8\] in the file/);
    expect(await model.stateDict()["head.weight"]!.data()).toEqual(head);
  });

  it("is reported when the model has no such tensor, counters with their reason", async () => {
    const file = await fileOf({ ...SHAPES, extra: [2], "bn.num_batches_tracked": [1] });
    const { skipped } = transfer.loadPretrained(small(), file);
    expect(skipped).toEqual([
      { name: "extra", why: "no tensor of this name in the model" },
      { name: "bn.num_batches_tracked", why: "a counter that nothing depends on" },
    ]);
  });

  it("at all is an error with both lists of names", async () => {
    const file = await fileOf({ "transformer.weight": [5, 5], "transformer.bias": [5] });
    expect(() => transfer.loadPretrained(small(), file)).toThrow(
      /no tensor of the file fits the model\. The file has transformer\.weight.*the model has conv\.weight/,
    );
  });

  it("half way, when a tensor can't be decoded, loads nothing", async () => {
    const model = small();
    const before = await positions(model);
    const file = await fileOf(SHAPES);
    const tensors = new Map(file.tensors);
    const broken = tensors.get("head.bias")!;
    tensors.set("head.bias", {
      ...broken,
      shape: broken.shape,
      dtype: broken.dtype,
      data: () => {
        throw new Error("head.bias: bytes are missing");
      },
    });
    expect(() => transfer.loadPretrained(model, { ...file, tensors })).toThrow(/bytes are missing/);
    expect(await positions(model)).toEqual(before);
  });

  it("among the options is refused", async () => {
    const file = await fileOf(SHAPES);
    const load = (options: object) => () =>
      transfer.loadPretrained(small(), file, mistyped(options));
    expect(load({ onMismatch: "ignore" })).toThrow(/onMismatch is "ignore"/);
    expect(load({ strict: false })).toThrow(/loadPretrained.*strict/);
  });
});
