import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { sharedData } from "../../shared_data.ts";
import { argmax, diskSource, photo } from "../graph_support.ts";
import { interpret } from "../interpret.ts";

const FOLDER = sharedData("weights/mobilenet_v1_025_224_tfjs");
const PHOTOS = sharedData("photos_single");

async function load() {
  const source = diskSource(join(FOLDER!, "mobilenet_model.json"));
  return readTfjs(await source.read(), source);
}

describe.skipIf(!FOLDER || !PHOTOS)("MobileNet v1 0.25, TF.js layers", () => {
  it("holds the tensors of its 55 shards in PyTorch's layout", async () => {
    const file = await load();
    const shards = readdirSync(FOLDER!).filter((name) => name.includes("shard"));
    const bytes = shards.reduce((sum, name) => sum + readFileSync(join(FOLDER!, name)).length, 0);
    let elements = 0;
    for (const tensor of file.tensors.values()) elements += tensor.data().length;
    expect(elements * 4).toBe(bytes);
    expect(elements).toBe(475_544);
    expect(file.format).toBe("tfjs-layers");
    expect(file.notes).toEqual([]);
    expect(file.tensors.get("conv1.weight")).toMatchObject({
      shape: [8, 3, 3, 3],
      dtype: "f32",
      originalName: "conv1/kernel",
    });
    expect(file.tensors.get("conv_dw_10.weight")!.shape).toEqual([128, 1, 3, 3]);
    expect(file.tensors.get("conv_dw_10_bn.running_var")!.shape).toEqual([128]);
  });

  it("turns HWIO and HWC·multiplier kernels, element by element", async () => {
    const file = await load();
    const raw = readFileSync(join(FOLDER!, "mobilenet_group1-shard1of1"));
    const conv = file.tensors.get("conv1.weight")!.data();
    for (let o = 0; o < 8; o++) {
      for (let i = 0; i < 3; i++) {
        for (let y = 0; y < 3; y++) {
          for (let x = 0; x < 3; x++) {
            expect(conv[((o * 3 + i) * 3 + y) * 3 + x]).toBe(
              raw.readFloatLE(4 * (((y * 3 + x) * 3 + i) * 8 + o)),
            );
          }
        }
      }
    }
    const depthwise = readFileSync(join(FOLDER!, "mobilenet_group4-shard1of1"));
    const kernel = file.tensors.get("conv_dw_10.weight")!.data();
    for (let c = 0; c < 128; c++) {
      for (let p = 0; p < 9; p++)
        expect(kernel[c * 9 + p]).toBe(depthwise.readFloatLE(4 * (p * 128 + c)));
    }
  });

  it("names the four photos", { timeout: 60_000 }, async () => {
    const file = await load();
    const graph = requireArchitecture(file);
    const classes = JSON.parse(
      readFileSync(sharedData("weights/imagenet_classes/imagenet_classes.json")!, "utf8"),
    );
    const answers: [string, number][] = [];
    for (const name of ["cat", "dog", "elephants", "basketball"]) {
      const image = await photo(join(PHOTOS!, `${name}.jpg`), 224, (v) => v / 127.5 - 1);
      const [output] = interpret(graph, file.tensors, image);
      const best = argmax(output);
      answers.push([classes[best].split(",")[0], Math.round(output[best] * 50) / 50]);
    }
    expect(answers).toEqual([
      ["Persian cat", 0.6],
      ["Walker hound", 0.4],
      ["African elephant", 0.6],
      ["basketball", 0.42],
    ]);
  });

  it("gives what @tensorflow/tfjs 4.22 gives", async () => {
    const file = await load();
    // The picture whose pixel i, in height, width, channels, is sin(0.37 i).
    const data = new Float64Array(3 * 224 * 224);
    for (let i = 0; i < data.length; i++)
      data[(i % 3) * 224 * 224 + Math.floor(i / 3)] = Math.sin(i * 0.37);
    const [output] = interpret(requireArchitecture(file), file.tensors, {
      shape: [3, 224, 224],
      data,
    });
    const golden = { 904: 0.73224044, 905: 0.20382762, 489: 0.00764982, 807: 0.00443689 };
    for (const [label, p] of Object.entries(golden))
      expect(output[Number(label)] / p).toBeCloseTo(1, 4);
  });
});
