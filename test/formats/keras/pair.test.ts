import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { failing } from "../../../src/formats/errors.ts";
import { loadWeights, requireArchitecture } from "../../../src/formats/index.ts";
import { writeHdf5 } from "../../../src/formats/keras/hdf5/write/file.ts";
import { GroupToWrite } from "../../../src/formats/keras/hdf5/write/group.ts";
import { fixedTexts, floats } from "../../../src/formats/keras/hdf5/write/values.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";

const previous = setPlatform(nodePlatform);
const folder = mkdtempSync(join(tmpdir(), "graft-pair-"));
afterAll(() => {
  setPlatform(previous);
  rmSync(folder, { recursive: true });
});

/** What `model.to_json()` gives: a dense layer of 2 outputs. */
function network(inputs: number): Uint8Array {
  const config = { name: "dense", units: 2, batch_input_shape: [null, inputs], activation: "tanh" };
  const layers = [{ class_name: "Dense", config }];
  const model = { class_name: "Sequential", config: { name: "m", layers }, keras_version: "2.4.0" };
  return new TextEncoder().encode(JSON.stringify({ ...model, backend: "tensorflow" }));
}

/** What `model.save_weights("….h5")` gives. */
function weights(): Uint8Array {
  const root = new GroupToWrite();
  root.attributes.set("layer_names", fixedTexts(["dense"]));
  const names = ["dense/kernel:0", "dense/bias:0"];
  const group = root.group("dense");
  group.attributes.set("weight_names", fixedTexts(names));
  group.dataset(
    names[0],
    floats([3, 2], (to) => to.set([1, 2, 3, 4, 5, 6])),
  );
  group.dataset(
    names[1],
    floats([2], (to) => to.set([7, 8])),
  );
  return writeHdf5(root, failing("weights.h5", "keras-h5"));
}

/** What the same network in Keras 3's `.weights.h5` is. */
function vars(): Uint8Array {
  const root = new GroupToWrite();
  root.dataset(
    "layers/dense/vars/0",
    floats([3, 2], (to) => to.set([1, 2, 3, 4, 5, 6])),
  );
  root.dataset(
    "layers/dense/vars/1",
    floats([2], (to) => to.set([7, 8])),
  );
  return writeHdf5(root, failing("weights.h5", "keras-h5"));
}

async function expectNetwork(source: Parameters<typeof loadWeights>[0], json: string) {
  const file = await loadWeights(source);
  expect(file.format).toBe("keras-h5");
  expect(requireArchitecture(file).nodes.map(({ op }) => op)).toEqual(["input", "linear", "tanh"]);
  expect([...file.tensors.keys()]).toEqual(["dense.weight", "dense.bias"]);
  expect(file.tensors.get("dense.weight")!.data()).toEqual(Float32Array.of(1, 3, 5, 2, 4, 6));
  expect(file.tensors.get("dense.bias")!.data()).toEqual(Float32Array.of(7, 8));
  expect(file.notes).toEqual([`The network is the one that "${json}" describes.`]);
}

describe("a Keras network as JSON with weights beside it", () => {
  it.each([
    ["model.json", "weights.h5"],
    ["model.json", "anything.h5"],
    ["config.json", "model.weights.h5"],
    ["lenet.json", "lenet.h5"],
    ["LeNet_architecture.json", "lenet-weights.hdf5"],
  ])("is read from %s and %s", async (json, h5) => {
    await expectNetwork({ [json]: network(3), [h5]: weights() }, json);
    await expectNetwork({ [`a/${json}`]: network(3), [`a/${h5}`]: vars() }, json);
  });

  it("is read from a folder, and from the path of either file", async () => {
    writeFileSync(join(folder, "net.json"), network(3));
    writeFileSync(join(folder, "net_weights.h5"), weights());
    writeFileSync(join(folder, "labels.json"), '["a", "b"]');
    await expectNetwork(folder, "net.json");
    await expectNetwork(join(folder, "net_weights.h5"), "net.json");
    await expectNetwork(join(folder, "net.json"), "net.json");
  });

  it("takes the weights of a related name among several", async () => {
    const files = { "model.json": network(3), "other.h5": vars(), "model_weights.h5": weights() };
    await expectNetwork(files, "model.json");
    await expect(
      loadWeights({ "model.json": network(3), "a.h5": weights(), "b.h5": weights() }),
    ).rejects.toThrow(
      "model.json (keras-h5): it describes a Keras network, and several weights could be meant: a.h5, b.h5",
    );
  });

  it("says that the weights are missing", async () => {
    for (const source of [
      { "model.json": network(3) },
      network(3),
      new File([network(3).slice()], "m"),
    ]) {
      await expect(loadWeights(source)).rejects.toThrow(
        /it describes a Keras network, and no weights \(\.h5\) lie beside it\. Pass both files together/,
      );
    }
  });

  it("gives the weights alone where the network beside them doesn't fit, and says so", async () => {
    const file = await loadWeights({ "net.json": network(4), "net.h5": weights() });
    expect(file.graph).toBeUndefined();
    expect(file.tensors.get("dense.bias")!.data()).toEqual(Float32Array.of(7, 8));
    expect(file.notes[0]).toMatch(
      /^The network in "net\.json" beside it doesn't fit: net\.h5 .*layer "dense"/,
    );
    await expect(loadWeights({ "model.json": network(4), "w.h5": weights() })).rejects.toThrow(
      /w\.h5 \(keras-h5\): layer "dense"/,
    );
  });

  it("leaves JSON of another kind alone", async () => {
    for (const json of ['{"class_name": "Sequential"}', "[1]", "{broken", '{"a": 1}']) {
      const files = { "net.json": new TextEncoder().encode(json), "net.h5": weights() };
      const file = await loadWeights(files);
      expect([file.graph, file.tensors.size]).toEqual([undefined, 2]);
      expect(file.notes.join()).not.toContain("net.json");
    }
  });
});
