import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { sharedData } from "../../shared_data.ts";
import { argmax, diskSource, photo } from "../graph_support.ts";
import { interpret } from "../interpret.ts";

const FOLDER = sharedData("weights/tinyvgg_cnn_explainer_tfjs");
const PHOTOS = sharedData("photos_tinyvgg_64px");
const CLASSES = [
  "boat",
  "bug",
  "pizza",
  "pepper",
  "bus",
  "koala",
  "espresso",
  "panda",
  "orange",
  "car",
];

async function load() {
  const source = diskSource(join(FOLDER!, "model.json"));
  return readTfjs(await source.read(), source);
}

describe.skipIf(!FOLDER || !PHOTOS)("TinyVGG, TF.js layers", () => {
  it("describes the network", async () => {
    const file = await load();
    const { nodes, inputShape, outputs, fileLayout } = requireArchitecture(file);
    expect(inputShape).toEqual([3, 64, 64]);
    expect(fileLayout).toBe("NHWC");
    expect(outputs).toEqual(["output_softmax"]);
    expect(nodes.map(({ op }) => op).join(" ")).toBe(
      "input conv2d relu conv2d relu maxPool2d conv2d relu conv2d relu maxPool2d flatten linear softmax",
    );
    expect(nodes[1]).toMatchObject({
      name: "conv_1_1",
      inputs: ["input"],
      attrs: {
        inChannels: 3,
        outChannels: 10,
        kernelSize: [3, 3],
        padding: [0, 0, 0, 0],
        groups: 1,
      },
      weights: { weight: "conv_1_1.weight", bias: "conv_1_1.bias" },
    });
  });

  it("puts the dense layer's rows from height, width, channels into channels, height, width", async () => {
    const file = await load();
    const raw = readFileSync(join(FOLDER!, "group1-shard1of1.bin"));
    const start = raw.length - 4 * (1690 * 10 + 10);
    const weight = file.tensors.get("output.weight")!;
    const data = weight.data();
    expect(weight.shape).toEqual([10, 1690]);
    for (const [o, c, p] of [
      [0, 0, 0],
      [9, 9, 168],
      [3, 5, 17],
      [7, 1, 100],
    ]) {
      expect(data[o * 1690 + c * 169 + p]).toBe(
        raw.readFloatLE(start + 4 * ((p * 10 + c) * 10 + o)),
      );
    }
  });

  it("gets 14 of its 20 photos right", { timeout: 60_000 }, async () => {
    const file = await load();
    const graph = requireArchitecture(file);
    const names = readdirSync(PHOTOS!).filter((name) => /_\d\.jpeg$/.test(name));
    expect(names).toHaveLength(20);
    let right = 0;
    for (const name of names) {
      const [output] = interpret(
        graph,
        file.tensors,
        await photo(join(PHOTOS!, name), 64, (v) => v / 255),
      );
      if (name.startsWith(CLASSES[argmax(output)])) right++;
    }
    expect(right).toBe(14);
  });
});
