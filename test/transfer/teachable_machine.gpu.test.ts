// Teachable Machine's exports as people have them: the three files, a folder, the zip, and Keras with labels.txt.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { writeZip } from "../../src/formats/zip/write.ts";
import {
  data,
  formats,
  loadNetwork,
  models,
  nn,
  noGrad,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { LABELS, teachableLogits, teachableMachine } from "../formats/tfjs/teachable_machine.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-tm-"));
afterAll(() => rmSync(folder, { recursive: true }));

const never = (): never => {
  throw new Error("can't be written");
};
const zipOf = (files: Readonly<Record<string, Uint8Array>>) =>
  writeZip(
    Object.entries(files).map(([name, bytes]) => ({ name, bytes })),
    never,
  );

const PIXEL = [200, 40, 90];

/** What the network gives for a picture of this colour, as probabilities. */
function expected(): number[] {
  const powers = teachableLogits(PIXEL).map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => expect.closeTo(power / sum, 4));
}

async function expectTeachable(source: Parameters<typeof loadNetwork>[0]): Promise<void> {
  const { model, classes, input, transform, notes } = await loadNetwork(source);
  expect(classes).toEqual(LABELS);
  expect(input).toMatchObject({ size: 8, channels: 3, scale: 1 / 127, mean: [1], resize: "crop" });
  expect(notes).toEqual([]);
  const picture = tensor(
    PIXEL.flatMap((value) => Array(64).fill(value)),
    {
      shape: [1, 3, 8, 8],
      dtype: "f32",
    },
  );
  const images = data.transforms.apply(picture, transform);
  const logits = await noGrad(() => model.forward(images) as Tensor).data();
  expect([...logits].map(Number)).toEqual(
    teachableLogits(PIXEL).map((value) => expect.closeTo(value, 4)),
  );
}

describe("Teachable Machine", () => {
  it("names the classes of pictures, of a dataset and of pixels", async () => {
    const network = await loadNetwork(teachableMachine());
    const [r, g, b] = PIXEL;
    const create = { width: 30, height: 20, channels: 3, background: { r, g, b } } as const;
    const picture = new Uint8Array(await sharp({ create }).png().toBuffer());
    const planes = Uint8Array.from(PIXEL.flatMap((value) => Array(64).fill(value)));
    const pixels = tensor([...planes], { shape: [1, 3, 8, 8], dtype: "f32" });
    const set = data.fromArrays(planes, [3, 8, 8], [0]);
    for (const images of [picture, [picture, new Blob([picture])], set, pixels]) {
      for (const found of await network.predict(images)) {
        expect([...found.probabilities]).toEqual(expected());
        expect(found.name).toBe(LABELS[found.label]);
      }
    }
    expect(await network.predict([picture, picture], { batchSize: 1 })).toHaveLength(2);
  });

  it("is read from its files, its folder and its zip", async () => {
    const files = teachableMachine();
    await expectTeachable(files);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    await expectTeachable(folder);
    await expectTeachable(join(folder, "model.json"));
    await expectTeachable(zipOf(files));
    const packed = Object.entries(files).map(([name, bytes]) => [`tm/${name}`, bytes] as const);
    const shadow = { "__MACOSX/tm/._model.json": new Uint8Array(3) };
    await expectTeachable(zipOf({ ...shadow, ...Object.fromEntries(packed) }));
  });

  it("is no MobileNet of ours, and keeps its own words over labels beside it", async () => {
    const own = teachableMachine();
    const { graph, metadata } = await formats.loadWeights(own);
    expect(graph?.classes).toEqual(LABELS);
    expect(metadata.packageName).toBe("@teachablemachine/image");
    expect(models.specOf(await formats.loadWeights(own))).toBeNull();
  });

  it("names the classes of a Keras export in labels.txt", async () => {
    const net = new nn.Sequential(new nn.Flatten(), new nn.Linear(12, 2));
    const h5 = await formats.saveKerasH5(net, { inputShape: [3, 2, 2] });
    const text = (value: string) => new TextEncoder().encode(value);
    const keras = { "keras_model.h5": h5, "labels.txt": text("0 Dog\r\n1 a cat\n") };
    const loaded = await loadNetwork(zipOf(keras));
    expect(loaded).toMatchObject({ classes: ["Dog", "a cat"], input: { scale: 1 / 127 } });
    const plain = await loadNetwork({ ...keras, "labels.txt": text("\uFEFFDog\n\ncat") });
    expect(plain).toMatchObject({ classes: ["Dog", "cat"], input: { scale: 1 / 255 } });
    const three = await loadNetwork({ ...keras, "labels.txt": text("a\nb\nc") });
    expect(three.classes).toEqual([]);
    expect(three.notes.at(-1)).toBe(
      "labels.txt beside it isn't used: it has 3 names, the network 2 outputs",
    );
    const kept = await formats.saveKerasH5(net, { inputShape: [3, 2, 2], classes: ["x", "y"] });
    expect((await loadNetwork({ ...keras, "keras_model.h5": kept })).classes).toEqual(["x", "y"]);
  });

  it("says what is wrong with an archive or with what lies beside a network", async () => {
    const files = teachableMachine();
    const two = { "a/model.json": files["model.json"]!, "b/model.json": files["model.json"]! };
    await expect(loadNetwork(zipOf(two))).rejects.toThrow(
      "archive: several files in it could be meant: a/model.json, b/model.json",
    );
    await expect(loadNetwork(zipOf({ "model.json": files["model.json"]! }))).rejects.toThrow(
      /weights\.bin/,
    );
    const inside = { "model.h5": zipOf({ "model.json": files["model.json"]! }) };
    await expect(loadNetwork(zipOf(inside))).rejects.toThrow(
      /found through an index or in an archive/,
    );
    const broken = { ...files, "metadata.json": new TextEncoder().encode("{") };
    const { graph, notes } = await formats.loadWeights(broken);
    expect(graph?.classes).toBeUndefined();
    expect(notes.at(-1)).toMatch(/^metadata\.json beside it isn't used: .*JSON/);
  });
});
