import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  loadWeights,
  type TensorToWrite,
  WeightFileError,
  writeNpy,
  writeNpz,
  writePytorch,
  writeSafetensors,
} from "../../src/formats/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { sharedData } from "../shared_data.ts";
import { fuzz } from "./fuzz.ts";
import { sampleTensors } from "./samples.ts";

const previous = setPlatform(nodePlatform);
afterAll(() => {
  setPlatform(previous);
});

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const tensor = (name: string, ...values: number[]): TensorToWrite => ({
  name,
  shape: [values.length],
  dtype: "f32",
  data: Float32Array.from(values),
});

describe("loadWeights", () => {
  const samples = sampleTensors(["f32"]);

  it.each([
    ["safetensors", writeSafetensors(samples)],
    ["pytorch", writePytorch(samples)],
    ["npz", writeNpz(samples)],
    ["npy", writeNpy(samples[0])],
  ] as [string, Uint8Array][])("reads %s from bytes, whatever the name", async (format, bytes) => {
    const file = await loadWeights(new File([bytes.slice()], "weights.bin"));
    expect(file.format).toBe(format);
    expect([...file.tensors.values()][0].data()).toEqual(samples[0].data);
  });

  it("names the source in errors", async () => {
    await expect(loadWeights(new Uint8Array(9), { name: "upload" })).rejects.toThrow(
      "upload: it begins with",
    );
  });

  it("answers 10,000 damaged files of all formats with a typed error or a sound result", async () => {
    const seeds = [
      writeSafetensors(samples),
      writePytorch(samples),
      writeNpz(samples),
      writeNpy(samples[0]),
      json({ weight_map: { a: "x.safetensors" } }),
    ];
    const report = await fuzz({ seeds, read: (bytes) => loadWeights(bytes) });
    expect(report.accepted).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThan(1000);
  });
});

const REAL: [string, string, string, number[]][] = [
  [
    "vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors",
    "safetensors",
    "classifier.0.weight",
    [6, 512],
  ],
  ["vgg16_imagenet_blocks1-2", "safetensors", "features.2.weight", [64, 64, 3, 3]],
  ["mnist_cnn_burn/mnist.safetensors", "safetensors", "conv1.weight", [8, 1, 3, 3]],
  ["cifar10_resnet20/resnet20-12fca82f.th", "pytorch", "module.conv1.weight", [16, 3, 3, 3]],
  ["tinyvgg_mrdbourke", "pytorch", "conv_block_1.0.weight", [10, 3, 3, 3]],
  ["cifar10_resnet8_mlperf_tiny", "keras-h5", "conv2d.weight", [16, 3, 3, 3]],
  ["tinyvgg_cnn_explainer_tfjs", "tfjs-layers", "conv_1_1.weight", [10, 3, 3, 3]],
  ["mobilenet_v1_025_224_tfjs/mobilenet_model.json", "tfjs-layers", "conv1.weight", [8, 3, 3, 3]],
];

describe.each(REAL)("real weights: %s", (path, format, name, shape) => {
  const file = sharedData(`weights/${path}`);
  it.skipIf(!file)(`are ${format}, in PyTorch's layout, and every tensor decodes`, async () => {
    const loaded = await loadWeights(file ?? "");
    expect(loaded.format).toBe(format);
    expect(loaded.tensors.get(name)?.shape).toEqual(shape);
    for (const { shape: sides, data } of loaded.tensors.values()) {
      expect(data().length).toBe(sides.reduce((count, side) => count * side, 1));
    }
  });
});

describe("shards", () => {
  const index = (map: unknown) => ({ "model.safetensors.index.json": json({ weight_map: map }) });
  const one = writeSafetensors([tensor("a", 1), tensor("b", 2)], { format: "pt" });
  const two = writeSafetensors([tensor("c", 3)]);

  it("are read by their index, in its order", async () => {
    const file = await loadWeights({
      ...index({ c: "2.safetensors", a: "1.safetensors" }),
      "1.safetensors": one,
      "2.safetensors": two,
    });
    expect(file.format).toBe("safetensors");
    expect([...file.tensors.keys()]).toEqual(["c", "a"]);
    expect(file.tensors.get("c")?.data()).toEqual(Float32Array.of(3));
    expect({ ...file.metadata }).toEqual({ format: "pt" });
    expect(file.notes).toEqual(['"1.safetensors" holds a tensor that the index doesn\'t list (b)']);
  });

  it("may be PyTorch's, in a folder, with progress for each", async () => {
    const folder = mkdtempSync(join(tmpdir(), "graft-shards-"));
    try {
      const map = { weight_map: { a: "sub/1.bin" } };
      writeFileSync(join(folder, "pytorch_model.bin.index.json"), json(map));
      await nodePlatform.writeFileAtomic(join(folder, "1.bin"), writePytorch([tensor("a", 5)]));
      const seen = new Set<string>();
      const onProgress = (_bytes: number, _total: number | undefined, name: string) =>
        seen.add(name);
      await expect(loadWeights(folder)).rejects.toThrow("sub/1.bin: can't read");
      writeFileSync(
        join(folder, "pytorch_model.bin.index.json"),
        json({ weight_map: { a: "1.bin" } }),
      );
      const file = await loadWeights(folder, { onProgress });
      expect(file.tensors.get("a")?.data()).toEqual(Float32Array.of(5));
      expect(seen.size).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["a missing shard", index({ a: "1.safetensors" }), "1.safetensors: this file is missing"],
    [
      "a missing tensor",
      { ...index({ z: "1.safetensors" }), "1.safetensors": one },
      'tensor "z": it isn\'t in "1.safetensors"',
    ],
    ["a way out", index({ a: "../1.safetensors" }), "not a plain name inside its own folder"],
    ["a file that is no name", index({ a: 5 }), 'weight_map: the file of tensor "a" is no name'],
    ["no map", index([]), "weight_map: it is no object"],
    ["an empty map", index({}), "weight_map: it names 0 files"],
    [
      "itself as a shard",
      index({ a: "model.safetensors.index.json" }),
      "it leads to other files, and was itself found through an index",
    ],
    [
      "thousands of files",
      index(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [i, `${i}`]))),
      "it names 5000 files",
    ],
    [
      "a damaged shard",
      { ...index({ a: "1.safetensors" }), "1.safetensors": one.subarray(0, 20) },
      "1.safetensors (safetensors): header",
    ],
  ] as [string, Record<string, Uint8Array>, string][])(
    "with %s are refused",
    async (_, files, message) => {
      await expect(loadWeights(files)).rejects.toThrow(WeightFileError);
      await expect(loadWeights(files)).rejects.toThrow(message);
    },
  );
});
