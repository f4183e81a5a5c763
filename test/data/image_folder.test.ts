import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BatchSource, imageFolder } from "../../src/data/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { mistyped } from "../mistyped.ts";
import { sharedData } from "../shared_data.ts";

let home: string;
const counted = { decodes: 0, now: 0, most: 0 };
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "graft-images-"));
  setPlatform({
    ...nodePlatform,
    decodeImage: (bytes, options) => {
      counted.decodes++;
      counted.most = Math.max(counted.most, ++counted.now);
      return nodePlatform.decodeImage(bytes, options).finally(() => counted.now--);
    },
  });
});
afterAll(() => rm(home, { recursive: true, force: true }));

function png(background: string, width = 4, height = 4): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

/** Writes files below a fresh folder: a colour name becomes a picture, other text itself. */
async function folder(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(home, "set-"));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    if (!name.endsWith("/"))
      await writeFile(path, content.includes("!") ? content : await png(content));
    else await mkdir(path, { recursive: true });
  }
  return root;
}

describe("imageFolder on a path", () => {
  it("numbers classes by name and finds nested images", async () => {
    const root = await folder({
      "dog/b.png": "red",
      "dog/a.PNG": "blue",
      "cat/deep/er/c.png": "lime",
      "cat/notes.txt": "!",
      ".git/x.png": "red",
      "cat/.DS_Store": "!",
      "readme.md": "!",
    });
    const set = await imageFolder(`${root}/`);
    expect(set.classes).toEqual(["cat", "dog"]);
    expect([...set.labels]).toEqual([0, 1, 1]);
    expect(set.nameOf(1)).toBe(`${root}/dog/a.PNG`);
    const { image, shape, label } = await set.get(1);
    expect([shape, label]).toEqual([[3, 4, 4], 1]);
    expect([image[0], image[16], image[32]]).toEqual([0, 0, 255]);
    const why = "1 file is no image by name: notes.txt";
    expect(set.skipped).toEqual([{ what: "files", name: `${root}/cat`, why }]);
  });

  it("says what it leaves out: files of other kinds, and images in no class", async () => {
    const root = await folder({
      "cat/1.png": "red",
      "cat/more/1.txt": "!",
      "cat/2.xml": "!",
      "cat/3.txt": "!",
      "cat/4.txt": "!",
      "9.JFIF": "red",
    });
    const set = await imageFolder(root);
    expect(set.skipped).toEqual([
      {
        what: "files",
        name: root,
        why: "1 image beside the class folders, in none of them: 9.JFIF",
      },
      {
        what: "files",
        name: `${root}/cat`,
        why: "4 files are no images by name: 2.xml, 3.txt, 4.txt, …",
      },
    ]);
  });

  it("names pictures of kinds that aren't read, whatever they are called", async () => {
    const root = await folder({ "cat/1.png": "red" });
    await writeFile(join(root, "cat", "2.heic"), "\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    await writeFile(join(root, "cat", "3.png"), '<?xml version="1.0"?><svg width="9"><use/></svg>');
    await writeFile(
      join(root, "cat", "4.jfif"),
      await sharp(await png("red"))
        .jpeg()
        .toBuffer(),
    );
    const set = await imageFolder(root, { onError: "skip" });
    expect(set.length).toBe(2);
    expect(set.skipped).toEqual([
      {
        what: "image",
        name: `${root}/cat/2.heic`,
        why: "a picture in HEIC: sharp can't decode it; save it as JPEG or PNG",
      },
      {
        what: "image",
        name: `${root}/cat/3.png`,
        why: "a picture in SVG: it is a drawing rather than pixels, and may name other files; save it as JPEG or PNG",
      },
    ]);
  });

  it("passes over what systems leave behind, also inside classes", async () => {
    const root = await folder({
      "cat/1.png": "red",
      "cat/@eaDir/1.png/SYNOPHOTO_THUMB_M.png": "red",
      "@eaDir/x.png": "red",
      "$RECYCLE.BIN/x.png": "red",
      "lost+found/": "",
      "System Volume Information/x.png": "red",
      "#recycle/x.png": "red",
      "Thumbs.db": "!",
      "dog/1.png": "red",
    });
    const set = await imageFolder(root);
    expect([set.classes, set.length]).toEqual([["cat", "dog"], 2]);
  });

  it("takes names that look alike for one class", async () => {
    const [composed, decomposed] = ["caf\u00e9", "cafe\u0301"];
    const root = await folder({ [`${composed}/1.png`]: "red", [`${decomposed}/2.png`]: "red" });
    const set = await imageFolder(root);
    expect([set.classes, set.length]).toEqual([[composed], 2]);
    const wanted = await imageFolder(root, { classes: [decomposed] });
    expect([wanted.classes, wanted.length]).toEqual([[composed], 2]);
    const picture = await png("red");
    expect((await imageFolder({ [composed]: [picture], [decomposed]: [picture] })).length).toBe(2);
  });

  it("keeps the numbers of classes without images where that is asked for", async () => {
    const root = await folder({ "b/1.png": "red", "c/": "" });
    const set = await imageFolder(root, { classes: ["a", "b", "c"], emptyClasses: "keep" });
    expect([set.classes, [...set.labels]]).toEqual([["a", "b", "c"], [1]]);
    expect(set.skipped).toMatchObject([
      { what: "class", name: `${root}/a`, why: "there is no such folder" },
      { what: "class", name: `${root}/c` },
    ]);
    const none = { classes: ["x"], emptyClasses: "keep" } as const;
    await expect(imageFolder(root, none)).rejects.toThrow(`${root}: there are no images of x`);
  });

  it("takes the wanted classes in the wanted order, and other extensions", async () => {
    const root = await folder({ "a/1.png": "red", "b/2.png": "red", "c/": "", "b/3.dat": "blue" });
    const set = await imageFolder(root, { classes: ["b", "a"], extensions: [".DAT", ".png"] });
    expect(set.classes).toEqual(["b", "a"]);
    expect([...set.labels]).toEqual([0, 0, 1]);
    await expect(imageFolder(root, { classes: ["a", "x"] })).rejects.toThrow(
      `${root}: no class folder "x"; there are a, b, c`,
    );
  });

  it("brings pictures to one size and keeps them within the budget", async () => {
    const root = await folder({ "a/1.png": "red", "a/2.png": "blue" });
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

  it("names the file that can't be decoded", async () => {
    const root = await folder({ "a/1.png": "red", "a/2.png": "no picture!" });
    const set = await imageFolder(root);
    await expect(set.get(1)).rejects.toThrow(`${root}/a/2.png: not an image sharp can decode`);
    await rm(join(root, "a", "1.png"));
    await expect(set.get(0)).rejects.toThrow(`${root}/a/1.png: can't read: no such file`);
  });

  it("leaves out what can't be used, and reports it, when asked", async () => {
    const root = await folder({
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
    const none = await folder({ "a/1.png": "no picture!" });
    await expect(imageFolder(none, { onError: "skip" })).rejects.toThrow(
      `no image could be used, 1 were skipped; the first: ${none}/a/1.png: not an image`,
    );
  });

  it("names a folder that is missing, empty or not laid out in classes", async () => {
    const missing = join(home, "missing");
    await expect(imageFolder(missing)).rejects.toThrow(
      `${missing}: can't list: no such file or folder`,
    );
    const empty = await folder({ "a/1.png": "red", "b/x.txt": "!", "b/y.txt": "!" });
    await expect(imageFolder(empty)).rejects.toThrow(
      /b: this class folder holds no images \(\.jpg .*\), only 2 other files; add images/,
    );
    const flat = await folder({ "1.png": "red", "2.png": "red" });
    await expect(imageFolder(flat)).rejects.toThrow(
      `${flat}: no class folders; expected ${flat}/<class>/<image>, but found 2 images directly in it`,
    );
    const parts = await folder({ "train/a/1.png": "red", "val/a/1.png": "red" });
    await expect(imageFolder(parts)).rejects.toThrow(
      `${parts}: the folders train, val look like parts of a data set, not like classes: open ${parts}/train instead`,
    );
    expect((await imageFolder(parts, { classes: ["train", "val"] })).length).toBe(2);
  });

  it("refuses options that can't be", async () => {
    await expect(imageFolder(home, { sizes: 3 } as object)).rejects.toThrow(
      'unknown option "sizes"',
    );
    await expect(imageFolder(home, { size: 0 })).rejects.toThrow(
      "size must be pixels or [height, width], got 0",
    );
    await expect(imageFolder(home, { size: 60_000 })).rejects.toThrow(
      "size 60000 is more than 268435456 pixels a picture",
    );
    await expect(imageFolder({ a: [home] }, { classes: ["a", "a"] })).rejects.toThrow(
      'classes names "a" twice',
    );
    for (const root of [undefined, null, 42]) {
      await expect(imageFolder(mistyped(root))).rejects.toThrow(
        `imageFolder: expected a path, files, or a record of class name → images, got ${root}`,
      );
    }
    await expect(imageFolder(home, { resize: "fit" } as object)).rejects.toThrow(
      'resize must be one of stretch, crop, pad, got "fit"',
    );
    await expect(imageFolder(home, { size: 8, shorterSide: 9 })).rejects.toThrow(
      'shorterSide needs a size, and resize: "crop"',
    );
    await expect(imageFolder(home, { size: 8, resize: "crop", shorterSide: 7 })).rejects.toThrow(
      "shorterSide must be whole pixels, no fewer than the size's 8, got 7",
    );
    await expect(imageFolder(home, { onError: "ignore" } as object)).rejects.toThrow(
      'got "ignore"',
    );
  });
});

describe("imageFolder on files", () => {
  /** A `File` as a folder input hands it out. */
  async function file(path: string, colour: string): Promise<File> {
    const name = path.split("/").at(-1) ?? "";
    const made = new File([new Uint8Array(await png(colour))], name);
    return Object.defineProperty(made, "webkitRelativePath", { value: path });
  }

  it("takes the files of a folder input, in any order", async () => {
    const files = [
      await file("pets/dog/1.png", "red"),
      await file("pets/cat/b/2.png", "lime"),
      await file("pets/.DS_Store", "red"),
      await file("pets/cat/.thumbs/2.png", "red"),
    ];
    const set = await imageFolder(files);
    expect(set.classes).toEqual(["cat", "dog"]);
    expect(set.nameOf(0)).toBe("pets/cat/b/2.png");
    expect((await set.get(0)).image[16]).toBe(255);
    await expect(imageFolder([await file("pets/1.png", "red")])).rejects.toThrow(
      "pets: no class folders; expected pets/<class>/<image>, but found 1 images directly in it",
    );
    await expect(imageFolder([])).rejects.toThrow("the given files: no class folders");
  });

  it("takes a record of class name to sources", async () => {
    const bytes = new Uint8Array(await png("red"));
    const photo = new File([bytes], "photo.xyz");
    const drawn = { data: new Uint8ClampedArray(4 * 16).fill(128), width: 4, height: 4 };
    const { image } = await (await imageFolder({ a: [drawn as ImageData] })).get(0);
    expect([...new Set(image)]).toEqual([191]); // half transparent grey on white
    const short = { ...drawn, width: 5 } as ImageData;
    await expect((await imageFolder({ a: [short] })).get(0)).rejects.toThrow(
      "a/0: pixels must be 4 bytes each (red, green, blue, alpha): 5×4 of them, got 64 bytes",
    );
    await expect((await imageFolder({ a: [mistyped(3)] })).get(0)).rejects.toThrow(
      "a/0: expected a path, URL, File, Blob, bytes or ImageData, got number",
    );
    const set = await imageFolder({ dog: [bytes, photo], cat: [new Blob([Uint8Array.of(1)])] });
    expect(set.classes).toEqual(["cat", "dog"]);
    expect([...set.labels]).toEqual([0, 1, 1]);
    expect((await set.get(2)).shape).toEqual([3, 4, 4]);
    await expect(set.get(0)).rejects.toThrow("cat/0: not an image");
    expect(set.nameOf(2)).toBe("dog/photo.xyz");
    await expect(imageFolder({ dog: [bytes], cat: [] })).rejects.toThrow(
      "the given classes/cat: this class folder holds no images",
    );
  });
});

describe.skipIf(!sharedData("photos_flowers_small"))(
  "imageFolder on real photos (absent here if skipped)",
  () => {
    it("finds 5 classes of 30 and decodes them", async () => {
      const set = await imageFolder(`${sharedData("photos_flowers_small")}/val`, { size: 64 });
      expect(set.classes).toEqual(["daisy", "dandelion", "rose", "sunflower", "tulip"]);
      expect(set.length).toBe(150);
      const { image } = await set.get(149);
      expect(image).toHaveLength(3 * 64 * 64);
      expect(new Set(image).size).toBeGreaterThan(50);
    });
  },
);
