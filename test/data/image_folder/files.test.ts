import { describe, expect, it } from "vitest";
import { imageFolder } from "../../../src/data/index.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";
import { mistyped } from "../../mistyped.ts";
import { png } from "./pictures.ts";

setPlatform(nodePlatform);

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
