// What a model computes, found out by running it once, and saved.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { NetworkGraph, TensorToWrite } from "../../../src/formats/index.ts";
import {
  F,
  formats,
  models,
  nn,
  randn,
  type Tensor,
  tensor,
  transfer,
} from "../../../src/index.ts";
import { everything, Sketch, tensorsOf, waves } from "../../formats/graph_samples.ts";
import { interpret } from "../../formats/interpret.ts";
import { rearranged } from "../../formats/rearranged_samples.ts";
import { mistyped } from "../../mistyped.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

function build(graph: NetworkGraph, weights: ReadonlyMap<string, TensorToWrite>) {
  const model = models.fromArchitecture(graph, { logits: false });
  model.loadStateDict(
    Object.fromEntries(
      [...weights].map(([name, { data, shape }]) => [
        name,
        tensor(data as Float32Array, { shape: [...shape] }),
      ]),
    ),
  );
  return model.eval();
}

async function expectSame(graph: NetworkGraph, weights: ReadonlyMap<string, TensorToWrite>) {
  const model = build(graph, weights);
  const { inputShape, classes } = graph;
  const options = { inputShape: inputShape as number[], classes };
  const file = await formats.loadWeights(await formats.saveOnnx(model, options));
  const image = waves(inputShape);
  const [expected] = interpret(graph, tensorsOf(weights), image);
  const [found] = interpret(formats.requireArchitecture(file), file.tensors, image);
  expect(found).toHaveLength(expected!.length);
  found!.forEach((value, i) => {
    expect(value).toBeCloseTo(expected![i]!, 6);
  });
  return file;
}

describe("saving what a model computes", () => {
  it("keeps every op of a network built from a file, and its classes", async () => {
    const { graph, weights } = everything();
    const file = await expectSame(graph, weights);
    expect(file.graph!.classes).toEqual(["a", "b", "c", "d", "é"]);
    expect(JSON.parse(file.metadata.classes!)).toEqual(["a", "b", "c", "d", "é"]);
  });

  it("keeps what resizes, cuts and rearranges maps", async () => {
    const { graph, weights } = rearranged();
    await expectSame(graph, weights);
  });

  it("writes signals as maps of one row", async () => {
    const model = new nn.Sequential(
      new nn.Conv1d(2, 4, 3, { stride: 2, padding: 1 }),
      new nn.BatchNorm1d(4),
      new nn.ReLU(),
      new nn.MaxPool1d(2),
      new nn.Conv1d(4, 6, 2, { dilation: 2, groups: 2 }),
      new nn.AvgPool1d(2, { stride: 1 }),
      new nn.AdaptiveAvgPool1d(1),
      new nn.Flatten(),
      new nn.Linear(6, 3),
    ).eval();
    const x = randn([1, 2, 23]);
    const expected = [...(await (model.forward(x) as Tensor).data())];
    for (const save of [formats.saveOnnx, formats.saveKerasH5]) {
      const file = await formats.loadWeights(await save(model, { inputShape: [2, 23] }));
      const again = models.fromArchitecture(formats.requireArchitecture(file));
      transfer.loadPretrained(again, file);
      expect(again.inputShape).toEqual([2, 1, 23]);
      const found = await again.eval().forward(x.unsqueeze(2)).data();
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 4);
      });
    }
  });

  it("keeps mirrored and repeated edges", async () => {
    const s = new Sketch([2, 6, 5]);
    s.add("pad", "mirror", ["input"], { padding: [1, 0, 2, 1], mode: "reflect", value: 0 });
    s.add("pad", "edge", ["mirror"], { padding: [0, 1, 1, 1], mode: "replicate", value: 0 });
    s.add("pad", "half", ["edge"], { padding: [1, 1, 0, 0], mode: "constant", value: 0.5 });
    s.conv("conv", "half", 2, 3);
    await expectSame(s.finish(["conv"]), s.weights);
  });

  it("keeps layers that share their weights, also with other attributes", async () => {
    const s = new Sketch([2, 7, 7]);
    s.conv("a", "input", 2, 2, { padding: "same" });
    s.conv("b", "a", 2, 2, { padding: "same" });
    s.conv("c", "b", 2, 2, { padding: "same", dilation: [2, 2] });
    const own = s.finish(["c"]);
    const [, { weights }] = own.nodes as [unknown, { weights: object }];
    const nodes = own.nodes.map((node) => (node.op === "conv2d" ? { ...node, weights } : node));
    for (const name of [...s.weights.keys()]) if (!name.startsWith("a.")) s.weights.delete(name);
    const file = await expectSame({ ...own, nodes }, s.weights);
    expect([...file.tensors.keys()]).toEqual(["a.weight", "a.bias"]);
  });

  it("keeps arithmetic with numbers and constants, written in any order", async () => {
    const std = tensor([0.5, 0.25], { shape: [2, 1, 1] });
    class Arithmetic extends nn.Module {
      readonly inputShape = [2, 3, 3];
      override forward(x: Tensor): Tensor {
        const y = F.div(F.sub(x, tensor([0.1, 0.2], { shape: [1, 2, 1, 1] })), std);
        const z = F.sub(1, F.mul(2, F.add(y, F.neg(x))));
        return F.sub(F.add(z, 3), F.div(y, 4));
      }
    }
    const model = new Arithmetic();
    const file = await formats.loadWeights(await formats.saveOnnx(model));
    const image = waves([2, 3, 3]);
    const [found] = interpret(formats.requireArchitecture(file), file.tensors, image);
    const x = tensor(Float32Array.from(image.data), { shape: [1, 2, 3, 3] });
    const expected = await model.forward(x).data();
    found!.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });

  it("norms of all kinds, which are the same layers in the network that is read", async () => {
    const model = new nn.Sequential(
      new nn.Conv2d(3, 6, 3),
      new nn.GroupNorm(3, 6),
      new nn.InstanceNorm2d(6, { affine: true }),
      new nn.PReLU(6),
      new nn.LayerNorm(6, { dim: 1, bias: false }),
      new nn.RMSNorm(6, { dim: 1 }),
      new nn.LocalResponseNorm(3, { alpha: 0.5 }),
      new nn.Flatten(),
      new nn.LayerNorm(216),
      new nn.Linear(216, 4),
    ).eval();
    const inputShape = [3, 8, 8];
    const file = await formats.loadWeights(await formats.saveOnnx(model, { inputShape }));
    const again = models.fromArchitecture(formats.requireArchitecture(file)).eval();
    const report = transfer.loadPretrained(again, file);
    expect(report.missing).toEqual([]);
    expect(again.namedParameters().map(([name]) => name)).toEqual(
      model.namedParameters().map(([name]) => name),
    );
    const kinds = again.modules().map((module) => module.constructor.name);
    expect(kinds.filter((kind) => kind.endsWith("Norm"))).toEqual(
      "GroupNorm GroupNorm LayerNorm RMSNorm LocalResponseNorm LayerNorm".split(" "),
    );
    const x = randn([2, ...inputShape]);
    const [before, after] = [model, again].map((one) => one.forward(x) as Tensor);
    const expected = await before!.data();
    (await after!.data()).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 4);
    });
    const planes = new nn.Sequential(new nn.LayerNorm([8, 8]));
    await expect(formats.saveOnnx(planes, { inputShape })).rejects.toThrow(
      "layerNorm: only the norm over the channels or one last dimension can be written",
    );
    const rows = new nn.Sequential(new nn.LayerNorm(8));
    await expect(formats.saveKerasH5(rows, { inputShape })).rejects.toThrow(
      "layers are written to Keras over channels or features only",
    );
  });

  it("lists what can't be saved", async () => {
    class Odd extends nn.Module {
      readonly inputShape = [2, 3, 3];
      override forward(x: Tensor): Tensor {
        const y = F.add(x, tensor(new Float32Array(9), { shape: [3, 3] }));
        return F.div(1, F.mul(y, F.minimum(x, y)));
      }
    }
    await expect(formats.saveOnnx(new Odd())).rejects.toThrow(
      /can't be written.*\n {2}minimum: no file format/,
    );
  });

  it("saves a model of its own as ONNX, to a path too", async () => {
    const path = join(folder, "model.onnx");
    const model = models.lenet({ numClasses: 3 });
    const bytes = await formats.saveOnnx(model, { path, inputShape: [1, 28, 28] });
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    const file = await formats.loadWeights(path);
    expect([...file.tensors.keys()]).toEqual(Object.keys(model.stateDict()));
    expect(file.graph!.inputShape).toEqual([1, 28, 28]);
  });

  it("saves a TF.js model into a folder that isn't there yet", async () => {
    const path = join(folder, "new", "model");
    const model = models.lenet({ numClasses: 3 });
    const files = await formats.saveTfjs(model, { path, inputShape: [1, 28, 28] });
    for (const [name, bytes] of Object.entries(files)) {
      expect(new Uint8Array(readFileSync(join(path, name)))).toEqual(bytes);
    }
    const file = await formats.loadWeights(path);
    const weights = Object.entries(model.stateDict());
    expect([...file.tensors.keys()]).toEqual(weights.map(([name]) => name));
    for (const [name, weight] of weights) {
      expect(file.tensors.get(name)!.data()).toEqual(await weight.data());
    }
  });

  it("saves a ResNet whose shortcuts are padded with channels of zeros, in every format", async () => {
    const model = models.resnet20().eval();
    const image = waves([3, 32, 32]);
    const x = tensor(Float32Array.from(image.data), { shape: [1, 3, 32, 32] });
    const expected = await model.forward(x).data();
    for (const save of [formats.saveOnnx, formats.saveKerasH5, formats.saveTfjs]) {
      const file = await formats.loadWeights(await save(model));
      const [found] = interpret(formats.requireArchitecture(file), file.tensors, image);
      const scale = Math.max(...expected.map(Math.abs));
      found!.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!) / scale).toBeLessThan(1e-5);
      });
    }
  });

  it("asks for the shape of an image where the model doesn't tell, and names unknown options", async () => {
    const model = new nn.Sequential(new nn.Conv2d(3, 4, 3));
    await expect(formats.saveOnnx(model)).rejects.toThrow(/pass \{ inputShape: \[channels/);
    await expect(formats.saveOnnx(model, mistyped({ shape: [3, 8, 8] }))).rejects.toThrow(
      'saveOnnx: unknown option "shape"',
    );
  });
});
