import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { BatchSource, imageFolder } from "../../../src/data/index.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";
import { png, temporaryHome } from "./pictures.ts";

const home = temporaryHome();
const counted = { decodes: 0, now: 0, most: 0 };
beforeAll(() => {
  setPlatform({
    ...nodePlatform,
    decodeImage: (bytes, options) => {
      counted.decodes++;
      counted.most = Math.max(counted.most, ++counted.now);
      return nodePlatform.decodeImage(bytes, options).finally(() => counted.now--);
    },
  });
});

describe("imageFolder decodes", () => {
  it("brings pictures to one size and keeps them within the budget", async () => {
    const root = await home.folder({ "a/1.png": "red", "a/2.png": "blue" });
    await writeFile(join(root, "a", "3.png"), await png("white", 8, 2));
    const set = await imageFolder(root, { size: [2, 4], resize: "pad", cacheBytes: 50 });
    counted.decodes = 0;
    for (let round = 0; round < 3; round++) for (let i = 0; i < 3; i++) await set.get(i);
    expect(counted.decodes).toBe(3 + 1 + 1); // 24 bytes each: two fit, the third is decoded anew
    expect((await set.get(2)).shape).toEqual([3, 2, 4]);
    const batches = new BatchSource(set, { batchSize: 3 });
    for await (const batch of batches) expect(batch.shape).toEqual([3, 3, 2, 4]);
  });

  it("decodes a few pictures at a time, however large the batch", async () => {
    const bytes = new Uint8Array(await png("red"));
    const set = await imageFolder({ a: Array(40).fill(bytes) });
    counted.most = 0;
    for await (const { shape } of new BatchSource(set, { batchSize: 40 }))
      expect(shape[0]).toBe(40);
    expect(counted.most).toBe(8);
  });

  it("leaves out what can't be used, and reports it, when asked", async () => {
    const root = await home.folder({
      "a/1.png": "no picture!",
      "a/2.png": "red",
      "b/": "",
      "c/3.png": "blue",
    });
    const set = await imageFolder(root, { onError: "skip" });
    expect(set.classes).toEqual(["a", "b", "c"]);
    expect([...set.labels]).toEqual([0, 2]);
    expect(set.nameOf(0)).toBe(`${root}/a/2.png`);
    expect(set.skipped.map(({ name }) => name)).toEqual([`${root}/b`, `${root}/a/1.png`]);
    expect(set.skipped[0].why).toContain("this class folder holds no images");
    expect(set.skipped[1].why).toMatch(/^not an image sharp can decode/);
    counted.decodes = 0;
    await set.get(0);
    expect(counted.decodes).toBe(0); // decoded at the start already
    const none = await home.folder({ "a/1.png": "no picture!" });
    await expect(imageFolder(none, { onError: "skip" })).rejects.toThrow(
      `no image could be used, 1 were skipped; the first: ${none}/a/1.png: not an image`,
    );
  });
});
