import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "../../src/node.ts";
import { openData } from "../../src/finetune/data/open.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-sources-"));
const at = (...parts: string[]) => join(folder, ...parts);
const open = (...paths: string[]) => openData(paths, { size: 8 });

beforeAll(async () => {
  const create = { width: 6, height: 6, channels: 3, background: "red" } as const;
  const picture = await sharp({ create }).png().toBuffer();
  for (const part of ["plain", "parts/train", "parts/val"]) {
    for (const name of ["cat", "dog"]) {
      mkdirSync(at(part, name), { recursive: true });
      writeFileSync(at(part, name, "1.png"), picture);
      if (part === "parts/train") writeFileSync(at(part, name, "2.png"), picture);
    }
  }
  mkdirSync(at("cifar"));
  const record = new Uint8Array(3073).fill(9);
  record[0] = 2;
  writeFileSync(at("cifar", "data_batch_1.bin"), record);
  writeFileSync(at("cifar", "test_batch.bin"), record);
  writeFileSync(at("cifar", "batches.meta.txt"), "airplane\n");
  mkdirSync(at("mnist"));
  const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 9, 9, 9, 9);
  const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7);
  for (const part of ["train", "t10k"]) {
    writeFileSync(at("mnist", `${part}-images-idx3-ubyte`), images);
    writeFileSync(at("mnist", `${part}-labels-idx1-ubyte`), labels);
  }
  mkdirSync(at("usps"));
  const line = `6.0 ${"-1 ".repeat(255)}1\n`;
  writeFileSync(at("usps", "zip.train"), line + line);
  writeFileSync(at("usps", "zip.test"), line);
  mkdirSync(at("strange"));
  writeFileSync(at("strange", "notes.docx"), "?");
  mkdirSync(at("empty"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("openData", () => {
  it("opens a folder of class folders at the size asked for", async () => {
    const opened = await open(at("plain"));
    expect(opened).toMatchObject({ name: "plain", kind: "image folder", size: null, channels: 3 });
    expect(opened.validation).toBeNull();
    expect((await opened.train.get(1)).shape).toEqual([3, 8, 8]);
  });

  it("keeps a validation part apart", async () => {
    const { train, validation } = await open(at("parts"));
    expect([train.length, validation?.length]).toEqual([4, 2]);
    expect(train.classes).toEqual(["cat", "dog"]);
  });

  it("names the setting where a class folder holds no images", async () => {
    const gaps = at("gaps");
    mkdirSync(join(gaps, "none"), { recursive: true });
    mkdirSync(join(gaps, "cat"));
    copyFileSync(at("plain", "cat", "1.png"), join(gaps, "cat", "1.png"));
    await expect(open(gaps)).rejects.toThrow(
      /gaps\/none: this class folder holds no images .*; add images, take the folder away, or pass skipDamaged$/,
    );
    const { train } = await openData([gaps], { size: 8, skipDamaged: true });
    expect(train.length).toBe(1);
  });

  it("numbers the classes as they are asked for, and passes over junk and broken links", async () => {
    const mixed = at("mixed");
    for (const name of ["cat", "dog", "emu"]) {
      mkdirSync(join(mixed, name), { recursive: true });
      copyFileSync(at("plain", "cat", "1.png"), join(mixed, name, "1.png"));
    }
    mkdirSync(join(mixed, ".cache"));
    symlinkSync(join(mixed, "nowhere"), join(mixed, "broken"));
    expect((await open(mixed)).train.classes).toEqual(["cat", "dog", "emu"]);
    const { train } = await openData([mixed], { size: 8, classes: ["dog", "cat"] });
    expect([train.length, train.classes]).toEqual([2, ["dog", "cat"]]);
    mkdirSync(at("cifar", ".cache"));
    expect((await open(at("cifar"))).kind).toBe("CIFAR-10");
  });

  it("keeps a class of which the validation part has no pictures", async () => {
    const thin = at("thin");
    for (const path of ["train/cat", "train/dog", "val/dog"]) {
      mkdirSync(join(thin, path), { recursive: true });
      copyFileSync(at("plain", "cat", "1.png"), join(thin, path, "1.png"));
    }
    const { validation, skipped } = await open(thin);
    expect([validation?.length, validation?.classes]).toEqual([1, ["cat", "dog"]]);
    expect(Array.from(validation?.labels ?? [])).toEqual([1]);
    expect(skipped).toEqual([]);
  });

  it("opens CIFAR-10, MNIST and USPS by their files' names", async () => {
    const cifar = await open(at("cifar"));
    expect([cifar.kind, cifar.train.length, cifar.validation?.length]).toEqual(["CIFAR-10", 1, 1]);
    const mnist = await open(at("mnist"));
    expect([mnist.kind, mnist.size, mnist.channels]).toEqual(["MNIST", 2, 1]);
    expect((await mnist.validation?.get(0))?.label).toBe(7);
    const usps = await open(at("usps"));
    expect([usps.train.length, usps.validation?.length, usps.toBytes.length]).toEqual([2, 1, 1]);
  });

  it("opens single files, with the labels that lie beside them", async () => {
    expect((await open(at("cifar", "test_batch.bin"))).train.length).toBe(1);
    const mnist = await open(at("mnist", "t10k-images-idx3-ubyte"));
    expect([mnist.train.length, mnist.validation]).toEqual([1, null]);
  });

  it("says what it takes when it finds something else", async () => {
    await expect(open(at("nowhere"))).rejects.toThrow(/nowhere: no such file or folder/);
    await expect(open(at("strange"))).rejects.toThrow(
      /strange: found notes\.docx; data takes a folder with one folder of images per class/,
    );
    await expect(open(at("empty"))).rejects.toThrow(/empty: it is empty; data takes/);
    await expect(open(at("cifar", "batches.meta.txt"))).rejects.toThrow(/found batches\.meta\.txt/);
  });
});
