import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failing } from "../../../src/formats/errors.ts";
import { requireArchitecture, type WeightFile } from "../../../src/formats/index.ts";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { openZip } from "../../../src/formats/zip/read.ts";
import { memorySource } from "../fuzz.ts";
import { interpret, type Plane } from "../interpret.ts";

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));
const OUTPUTS: Record<string, number[]> = JSON.parse(
  new TextDecoder().decode(golden("outputs.json")),
);

function load(name: string): Promise<WeightFile> {
  const bytes = golden(name);
  return readKeras(bytes, memorySource(bytes, name));
}

/** The picture whose element i, in height, width, channels, is sin(0.1 i). */
function waves([channels, height, width]: readonly number[]): Plane {
  const data = new Float64Array(channels * height * width);
  for (let i = 0; i < data.length; i++) {
    data[(i % channels) * height * width + Math.floor(i / channels)] = Math.fround(
      Math.sin(0.1 * i),
    );
  }
  return { shape: [channels, height, width], data };
}

describe("models written by Keras 3 with random weights", () => {
  for (const model of ["small", "branches"]) {
    for (const kind of ["h5", "keras"]) {
      it(`${model}.${kind} computes what Keras computes`, async () => {
        const file = await load(`${model}.${kind}`);
        const graph = requireArchitecture(file);
        const [output] = interpret(graph, file.tensors, waves(graph.inputShape as number[]));
        expect(output).toHaveLength(OUTPUTS[model].length);
        OUTPUTS[model].forEach((value, i) => {
          expect(output[i]).toBeCloseTo(value, 5);
        });
      });
    }
  }

  it("gives the same tensors whatever the format", async () => {
    for (const model of ["small", "branches"]) {
      const [h5, keras] = [await load(`${model}.h5`), await load(`${model}.keras`)];
      expect([...keras.tensors.keys()]).toEqual([...h5.tensors.keys()]);
      for (const [name, tensor] of keras.tensors) {
        expect(tensor.shape, name).toEqual(h5.tensors.get(name)!.shape);
        expect(tensor.data(), name).toEqual(h5.tensors.get(name)!.data());
      }
      expect(keras.metadata.keras_version).toMatch(/^3/);
    }
  });

  it("fills in gamma, and keeps flattened maps in our order", async () => {
    const { tensors, graph } = await load("small.keras");
    expect(tensors.get("batch_normalization.weight")!.data()).toEqual(new Float32Array(6).fill(1));
    expect(graph!.nodes.map(({ name }) => name)).toContain("separable_conv2d_pointwise");
    expect(tensors.get("depthwise_conv2d.weight")).toMatchObject({
      shape: [12, 1, 3, 2],
      originalName: "layers/depthwise_conv2d/vars/0",
    });
  });

  it("uses one layer's tensors wherever the layer is used", async () => {
    const { graph, tensors } = await load("branches.keras");
    const shared = graph!.nodes.filter(({ weights }) => weights.weight === "shared.weight");
    expect(shared.map(({ name }) => name)).toEqual(["shared", "shared_1"]);
    expect([...tensors.keys()].filter((name) => name.startsWith("shared"))).toEqual([
      "shared.weight",
      "shared.bias",
    ]);
    // Three layers are called "conv", two of them in models inside the model.
    expect([...tensors.keys()].filter((name) => /^conv.*weight/.test(name))).toEqual([
      "conv.weight",
      "conv_1.weight",
      "conv_2.weight",
    ]);
  });

  it("reads weights alone, named by their layers", async () => {
    const fail = failing("small.keras", "keras");
    const bytes = openZip(golden("small.keras"), fail).read("model.weights.h5");
    const file = await readKeras(bytes, memorySource(bytes, "small.weights.h5"));
    expect(file.graph).toBeUndefined();
    expect(file.notes.join()).toMatch(/inputs are still in the order height, width, channels/);
    expect(() => requireArchitecture(file)).toThrow(/holds weights and no architecture/);
    const shapes = [...file.tensors].map(([name, { shape }]) => `${name} ${shape.join("×")}`);
    expect(shapes).toContain("first.weight 6×3×3×3");
    expect(shapes).toContain("dense_1.weight 5×7");
    expect(shapes).toContain("batch_normalization_1.running_var 48");
  });
});
