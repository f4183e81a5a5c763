import { describe, expect, it } from "vitest";
import { imageFolder } from "../../../src/data/index.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";
import { sharedData } from "../../shared_data.ts";
import { png, temporaryHome } from "./pictures.ts";

setPlatform(nodePlatform);
const home = temporaryHome();

describe("imageFolder on a path", () => {
  it("numbers classes by name and finds nested images", async () => {
    const root = await home.folder({
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

  it("passes over what systems leave behind, also inside classes", async () => {
    const root = await home.folder({
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
    const root = await home.folder({
      [`${composed}/1.png`]: "red",
      [`${decomposed}/2.png`]: "red",
    });
    const set = await imageFolder(root);
    expect([set.classes, set.length]).toEqual([[composed], 2]);
    const wanted = await imageFolder(root, { classes: [decomposed] });
    expect([wanted.classes, wanted.length]).toEqual([[composed], 2]);
    const picture = await png("red");
    expect((await imageFolder({ [composed]: [picture], [decomposed]: [picture] })).length).toBe(2);
  });

  it("keeps the numbers of classes without images where that is asked for", async () => {
    const root = await home.folder({ "b/1.png": "red", "c/": "" });
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
    const root = await home.folder({
      "a/1.png": "red",
      "b/2.png": "red",
      "c/": "",
      "b/3.dat": "blue",
    });
    const set = await imageFolder(root, { classes: ["b", "a"], extensions: [".DAT", ".png"] });
    expect(set.classes).toEqual(["b", "a"]);
    expect([...set.labels]).toEqual([0, 0, 1]);
    await expect(imageFolder(root, { classes: ["a", "x"] })).rejects.toThrow(
      `${root}: no class folder "x"; there are a, b, c`,
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
