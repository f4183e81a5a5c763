// A network built from a file learns something new and leaves as a file of every kind.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeKerasH5 } from "../../src/formats/keras/write/h5.ts";
import { writeOnnx } from "../../src/formats/onnx/write/index.ts";
import {
  data,
  F,
  formats,
  manualSeed,
  models,
  type nn,
  noGrad,
  optim,
  type Tensor,
  Trainer,
  tensor,
  transfer,
} from "../../src/index.ts";
import { everything } from "../formats/graph_samples.ts";
import { graphModel } from "../formats/tfjs/graph.ts";
import { layersModel } from "../formats/tfjs/models.ts";

const golden = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../formats/${path}`, import.meta.url)));

const manifest = ({ json, shards }: ReturnType<typeof graphModel>) => ({
  "model.json": json,
  ...shards,
});

const SOURCES = {
  "a Keras .h5 file": () => writeKerasH5(everything().graph, everything().weights),
  "a Keras file with branches": () => golden("keras/golden/branches.keras"),
  "a TF.js layers model": () => manifest(layersModel()),
  "a TF.js graph model": () => manifest(graphModel()),
  "an ONNX file": () => writeOnnx(everything().graph, everything().weights),
  "PyTorch's ONNX": () => golden("onnx/golden/net13.onnx"),
};

/** What the formats have no layer for: grouped convolutions; padded pools and mirrored edges. */
const CANNOT: Readonly<Record<string, readonly string[]>> = {
  "a Keras file with branches": ["TF.js"],
  "PyTorch's ONNX": ["Keras .h5", "TF.js"],
};

const SAVERS = {
  "Keras .h5": formats.saveKerasH5,
  "TF.js": formats.saveTfjs,
  ONNX: formats.saveOnnx,
};

/** Three classes of small pictures that differ in where they are bright. */
function pictures(shape: readonly number[]): data.Dataset {
  const [channels, height, width] = shape as [number, number, number];
  const count = 36;
  const size = channels * height * width;
  const images = new Float32Array(count * size);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  images.forEach((_, i) => {
    const row = Math.floor((i % (height * width)) / width);
    const isBright = Math.floor((3 * row) / height) === labels[Math.floor(i / size)];
    images[i] = (isBright ? 1 : 0) + 0.2 * Math.sin(i * 12.9898);
  });
  return data.fromArrays(images, [...shape], Int32Array.from(labels));
}

async function losses(model: nn.Module, set: data.Dataset): Promise<number[]> {
  const parameters = model.parameters().filter((parameter) => parameter.requiresGrad);
  const optimizer = new optim.Adam(parameters, { lr: 0.01 });
  const trainer = new Trainer({ model, optimizer, loss: F.crossEntropy, seed: 1 });
  const found: number[] = [];
  for await (const event of trainer.fit(set, { epochs: 6, batchSize: 12 })) {
    if (event.type === "epoch") found.push(event.loss);
  }
  return found;
}

async function compute(model: nn.Module, image: Float32Array, shape: readonly number[]) {
  const x = tensor(image, { shape: [2, ...shape] });
  return Array.from(await noGrad(() => model.eval().forward(x) as Tensor).data());
}

async function reload(saved: Uint8Array | Record<string, Uint8Array>) {
  const file = await formats.loadWeights(saved);
  const model = models.fromArchitecture(formats.requireArchitecture(file));
  expect(transfer.loadPretrained(model, file).missing).toEqual([]);
  return { model, file };
}

describe.each(Object.entries(SOURCES))("a network from %s", (name, source) => {
  it("is fine-tuned, its head first and then all of it, and saved again", async () => {
    manualSeed(5);
    const { model } = await reload(await source());
    const shape = model.inputShape as number[];
    const head = transfer.replaceHead(model, 3);
    const set = pictures(shape);
    transfer.freeze(model);
    transfer.unfreeze(model, head);
    const frozen = Object.entries(model.stateDict()).filter(([name]) => !name.startsWith(head));
    const before = await Promise.all(frozen.map(([, values]) => values.data()));
    const first = await losses(model, set);
    expect(Math.min(...first.slice(-2))).toBeLessThan(first[0]!);
    const after = await Promise.all(frozen.map(([, values]) => values.data()));
    expect(after).toEqual(before);
    transfer.unfreeze(model);
    const second = await losses(model, set);
    expect(Math.min(...second.slice(-2))).toBeLessThan(second[0]!);

    const image = Float32Array.from(
      { length: 2 * shape.reduce((size, side) => size * side, 1) },
      (_, i) => Math.sin(0.37 * i),
    );
    const expected = await compute(model, image, shape);
    const options = { inputShape: shape, classes: ["top", "middle", "bottom"] };
    for (const [format, save] of Object.entries(SAVERS)) {
      if (CANNOT[name]?.includes(format)) continue;
      const again = await reload(await save(model, options));
      expect(again.file.graph!.classes, format).toEqual(options.classes);
      const found = await compute(again.model, image, shape);
      const scale = Math.max(...expected.map(Math.abs));
      found.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!) / scale, format).toBeLessThan(1e-5);
      });
    }
  });
});
