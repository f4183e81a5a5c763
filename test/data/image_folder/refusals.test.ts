import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { imageFolder } from "../../../src/data/index.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";
import { mistyped } from "../../mistyped.ts";
import { png, temporaryHome } from "./pictures.ts";

setPlatform(nodePlatform);
const home = temporaryHome();

describe("imageFolder says", () => {
  it("says what it leaves out: files of other kinds, and images in no class", async () => {
    const root = await home.folder({
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
    const root = await home.folder({ "cat/1.png": "red" });
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

  it("names the file that can't be decoded", async () => {
    const root = await home.folder({ "a/1.png": "red", "a/2.png": "no picture!" });
    const set = await imageFolder(root);
    await expect(set.get(1)).rejects.toThrow(`${root}/a/2.png: not an image sharp can decode`);
    await rm(join(root, "a", "1.png"));
    await expect(set.get(0)).rejects.toThrow(`${root}/a/1.png: can't read: no such file`);
  });

  it("names a folder that is missing, empty or not laid out in classes", async () => {
    const missing = join(home.path, "missing");
    await expect(imageFolder(missing)).rejects.toThrow(
      `${missing}: can't list: no such file or folder`,
    );
    const empty = await home.folder({ "a/1.png": "red", "b/x.txt": "!", "b/y.txt": "!" });
    await expect(imageFolder(empty)).rejects.toThrow(
      /b: this class folder holds no images \(\.jpg .*\), only 2 other files; add images/,
    );
    const flat = await home.folder({ "1.png": "red", "2.png": "red" });
    await expect(imageFolder(flat)).rejects.toThrow(
      `${flat}: no class folders; expected ${flat}/<class>/<image>, but found 2 images directly in it`,
    );
    const parts = await home.folder({ "train/a/1.png": "red", "val/a/1.png": "red" });
    await expect(imageFolder(parts)).rejects.toThrow(
      `${parts}: the folders train, val look like parts of a data set, not like classes: open ${parts}/train instead`,
    );
    expect((await imageFolder(parts, { classes: ["train", "val"] })).length).toBe(2);
  });

  it("refuses options that can't be", async () => {
    await expect(imageFolder(home.path, { sizes: 3 } as object)).rejects.toThrow(
      'unknown option "sizes"',
    );
    await expect(imageFolder(home.path, { size: 0 })).rejects.toThrow(
      "size must be pixels or [height, width], got 0",
    );
    await expect(imageFolder(home.path, { size: 60_000 })).rejects.toThrow(
      "size 60000 is more than 268435456 pixels a picture",
    );
    await expect(imageFolder({ a: [home.path] }, { classes: ["a", "a"] })).rejects.toThrow(
      'classes names "a" twice',
    );
    for (const root of [undefined, null, 42]) {
      await expect(imageFolder(mistyped(root))).rejects.toThrow(
        `imageFolder: expected a path, files, or a record of class name → images, got ${root}`,
      );
    }
    await expect(imageFolder(home.path, { resize: "fit" } as object)).rejects.toThrow(
      'resize must be one of stretch, crop, pad, got "fit"',
    );
    await expect(imageFolder(home.path, { size: 8, shorterSide: 9 })).rejects.toThrow(
      'shorterSide needs a size, and resize: "crop"',
    );
    await expect(
      imageFolder(home.path, { size: 8, resize: "crop", shorterSide: 7 }),
    ).rejects.toThrow("shorterSide must be whole pixels, no fewer than the size's 8, got 7");
    await expect(imageFolder(home.path, { onError: "ignore" } as object)).rejects.toThrow(
      'got "ignore"',
    );
  });
});
