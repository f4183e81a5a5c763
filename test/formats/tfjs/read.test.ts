import { describe, expect, it } from "vitest";
import { loadWeights, requireArchitecture } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { memoryFiles } from "../graph_support.ts";
import { convolutions, downloadedModel, faceApiModel, layersModel } from "./models.ts";

type Changes = Record<string, Uint8Array | undefined>;

/** Reads the small model after a change of its text or of its files. */
function read(change: (text: string) => string = (text) => text, files: Changes = {}) {
  const { json, shards } = layersModel();
  const changed = new TextEncoder().encode(change(new TextDecoder().decode(json)));
  return readTfjs(changed, memoryFiles({ ...shards, ...files }, "model.json"));
}

describe("readTfjs", () => {
  it("reads tensors that lie across shards, and quantised ones", async () => {
    const { tensors, graph } = await read();
    const conv = tensors.get("conv.weight")!;
    expect(conv.shape).toEqual([3, 2, 3, 3]);
    const data = conv.data();
    expect(data[((2 * 2 + 1) * 3 + 2) * 3 + 0]).toBe(
      Math.fround(Math.sin(((2 * 3 + 0) * 2 + 1) * 3 + 2)),
    );
    const dense = tensors.get("dense.weight")!;
    expect(dense).toMatchObject({ shape: [4, 36], dtype: "f32" });
    // Output 1, channel 2, position 5: row 5 · 3 + 2 of the file.
    expect(dense.data()[36 + 2 * 12 + 5]).toBeCloseTo(
      ((((5 * 3 + 2) * 4 + 1) * 7) % 256) * 0.01 - 1,
      6,
    );
    expect(tensors.get("dense.bias")).toMatchObject({ dtype: "f16" });
    expect(Array.from(tensors.get("dense.bias")!.data() as Float32Array)).toEqual([0.5, 1, -2, 0]);
    expect(graph!.classes).toEqual(["a", "b", "c", "d"]);
  });

  it("reads 16-bit quantisation, and integers", async () => {
    const json = {
      modelTopology: {},
      weightsManifest: [
        {
          paths: ["w"],
          weights: [
            {
              name: "x/kernel",
              shape: [2],
              dtype: "float32",
              quantization: { dtype: "uint16", scale: 0.5, min: 3 },
            },
            {
              name: "x/count",
              shape: [2],
              dtype: "int32",
              quantization: { dtype: "uint8", scale: 1.4, min: -1 },
            },
            { name: "x/step", shape: [], dtype: "int32" },
          ],
        },
      ],
    };
    const bytes = Uint8Array.of(1, 0, 0, 1, 0, 2, 9, 0, 0, 0);
    const text = JSON.stringify(json).replace(
      '"modelTopology":{}',
      '"modelTopology":{"class_name":"Mine","config":{}}',
    );
    const { tensors, notes } = await read(() => text, { w: bytes });
    expect(tensors.get("x.weight")!.data()).toEqual(Float32Array.of(3.5, 131));
    expect(tensors.get("x.count")!.data()).toEqual(Int32Array.of(-1, 2));
    expect(tensors.get("x.step")!.data()).toEqual(Int32Array.of(9));
    expect(notes).toEqual(["The model is of a class of its own, which the file doesn't describe."]);
  });

  it("names a missing and a short shard", async () => {
    await expect(read(undefined, { "b.bin": undefined })).rejects.toThrow(
      /^model.json \(tfjs-layers\): shard "b.bin": it can't be read .* Put all shards beside model.json/,
    );
    await expect(read(undefined, { "b.bin": new Uint8Array(100) })).rejects.toThrow(
      /shard "b.bin": 301 bytes are there together with the 1 others of its group, and the manifest's tensors take 428/,
    );
    await expect(read(undefined, { "a.bin": new Uint8Array(20) })).rejects.toThrow(
      /shard "a.bin": /,
    );
  });

  it("reads what a browser downloads, whose manifest names ./model.weights.bin", async () => {
    const file = await loadWeights(downloadedModel("my-model"));
    const { tensors } = await read();
    expect([...file.tensors.keys()]).toEqual([...tensors.keys()]);
    for (const [name, tensor] of tensors) {
      expect(file.tensors.get(name)!.data()).toEqual(tensor.data());
    }
    expect(requireArchitecture(file).nodes).toHaveLength(7);
  });

  it("reads the weights of face-api.js, whose manifest is a list", async () => {
    const file = await loadWeights(faceApiModel());
    expect(file.format).toBe("tfjs-layers");
    expect(file.graph).toBeUndefined();
    expect(file.notes).toContain("The file holds weights, and no network that can be read.");
    const shapes = [...file.tensors].map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      "dense0/conv0.weight": [4, 2, 3, 3],
      "dense0/conv0.bias": [4],
      "conv1_depthwise.weight": [4, 1, 3, 3],
      "conv1_pointwise.weight": [5, 4, 1, 1],
      "conv1_pointwise.bias": [5],
      "dense1/conv0.weight": [3, 5, 1, 1],
      "fc.weight": [2, 3],
      "fc.bias": [2],
    });
    const values = (name: string) => Array.from(file.tensors.get(name)!.data(), Number);
    expect(values("fc.weight")).toEqual([0, 2, 4, 1, 3, 5].map((byte) => byte / 2 - 1));
    expect(values("fc.bias")).toEqual([0.5, 1.5]);
    // Output 3, input 1, row 2, column 0.
    const byte = ((2 * 3 + 0) * 2 + 1) * 4 + 3;
    expect(values("dense0/conv0.weight")[((3 * 2 + 1) * 3 + 2) * 3]).toBe(byte / 2 - 1);
    // Channel 2, row 1, column 2.
    expect(values("conv1_depthwise.weight")[(2 * 3 + 1) * 3 + 2]).toBe(
      ((1 * 3 + 2) * 4 + 2) / 2 - 1,
    );
    expect(values("conv1_pointwise.weight").slice(0, 4)).toEqual([-1, 1.5, 4, 6.5]);
  });

  it('finds the weights of layers that have "/" in their names', async () => {
    const readAll = (names: readonly string[], hasNetwork = true) => {
      const { json, shards } = convolutions(names);
      if (!hasNetwork) delete json.modelTopology;
      const bytes = new TextEncoder().encode(JSON.stringify(json));
      return readTfjs(bytes, memoryFiles(shards, "model.json"));
    };
    const names = ["conv", "fire2/conv", "fire3/conv", "all/fire3/conv"];
    const file = await readAll(names);
    const plain = await readAll(["a", "b", "c", "d"]);
    expect(requireArchitecture(file).nodes.map(({ name }) => name)).toEqual(["input", ...names]);
    const values = [...plain.tensors.values()].map((tensor) => tensor.data());
    expect(values[2]![1]).toBeCloseTo(Math.sin(6 + 2), 6);
    const expected = names.flatMap((name) => [`${name}.weight`, `${name}.bias`]);
    expect([...file.tensors.keys()]).toEqual(expected);
    expect([...file.tensors.values()].map((tensor) => tensor.data())).toEqual(values);
    const alone = await readAll(names, false);
    expect([...alone.tensors.keys()]).toEqual(expected);
    expect([...alone.tensors.values()].map((tensor) => tensor.data())).toEqual(values);
  });

  it("takes 0 and 1 for false and true", async () => {
    const { nodes } = requireArchitecture(
      await read((text) =>
        text
          .replace('"filters":3', '"filters":3,"use_bias":1')
          .replace('"units":4', '"units":4,"use_bias":0'),
      ),
    );
    expect(nodes.find(({ name }) => name === "conv")!.weights).toHaveProperty("bias");
    expect(nodes.find(({ name }) => name === "dense")!.weights).not.toHaveProperty("bias");
    await expect(
      read((text) => text.replace('"units":4', '"units":4,"use_bias":2')),
    ).rejects.toThrow('layer "dense": its use_bias is 2');
  });

  it("leaves out what metrics have counted", async () => {
    const extra = { total: [], count: [], "accuracy/total_1": [], "conv/scale": [] };
    const { json, shards } = convolutions(["conv"], extra);
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    const file = await readTfjs(bytes, memoryFiles(shards, "model.json"));
    expect([...file.tensors.keys()]).toEqual(["conv.weight", "conv.bias", "conv.scale"]);
    expect(file.notes).toEqual([
      "What metrics and the like have counted (3 tensors) was left out.",
    ]);
  });

  it("refuses shards outside the folder", async () => {
    const files = memoryFiles({}, "model.json");
    const { json } = layersModel();
    const text = new TextDecoder().decode(json).replace('"a.bin"', '"../a.bin"');
    await expect(readTfjs(new TextEncoder().encode(text), files)).rejects.toThrow(
      /shard "\.\.\/a\.bin"/,
    );
  });

  it("lists every layer that it can't build, and takes the weights of the others", async () => {
    const file = await read((text) =>
      text
        .replace('"class_name":"Flatten"', '"class_name":"LSTM"')
        .replace('"activation":"relu"', '"activation":"celu"'),
    );
    expect(file.graph).toBeUndefined();
    expect(() => requireArchitecture(file)).toThrow(
      /2 layers can't be built:\n {2}conv \(Conv2D\): the activation "celu" isn't known\n {2}flatten \(LSTM\): recurrent/,
    );
    expect([...file.tensors.keys()]).toEqual([
      "conv.weight",
      "conv.bias",
      "norm.weight",
      "norm.bias",
      "norm.running_mean",
      "norm.running_var",
      "dense.weight",
      "dense.bias",
    ]);
  });

  it("says what is wrong with a damaged file", async () => {
    await expect(read(() => "{")).rejects.toThrow(/model.json: it isn't valid JSON/);
    await expect(read((text) => text.replace('"weightsManifest"', '"weights"'))).rejects.toThrow(
      /weightsManifest: it is missing/,
    );
    await expect(
      read((text) => text.replace('"name":"dense/kernel"', '"name":"dense/core"')),
    ).rejects.toThrow(
      /layer "dense": its weights must be kernel, bias, and the file has core, bias/,
    );
    await expect(read((text) => text.replace("[36,4]", "[-36,-4]"))).rejects.toThrow(
      /tensor "dense\/kernel": \[-36, -4\] is no shape/,
    );
    await expect(read((text) => text.replace("null,6,5,2", "null,7,5,2"))).rejects.toThrow(
      /layer "dense": its weights/,
    );
    await expect(read((text) => text.replace("null,6,5,2", "null,6,5,4"))).rejects.toThrow(
      /layer "conv": its weights are for 2 channels, and its input has 4/,
    );
    await expect(
      read((text) => text.replace('"dtype":"uint8"', '"dtype":"uint4"')),
    ).rejects.toThrow(/tensor "dense\/kernel": its quantization is neither/);
  });
});
