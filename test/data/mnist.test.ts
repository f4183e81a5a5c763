import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { sharedData } from "../shared_data.ts";
import { gzip, idx } from "./make_files.ts";

const images = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
const labels = idx([2], [7, 3]);

describe("mnist", () => {
  it("reads plain and gzipped IDX files", async () => {
    for (const pack of [(b: Uint8Array) => b, gzip]) {
      const set = await mnist({
        images: pack(images),
        labels: new Blob([new Uint8Array(pack(labels))]),
      });
      expect(set.length).toBe(2);
      expect(set.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
      expect(set.get(1)).toEqual({
        image: Uint8Array.of(250, 251, 252, 253, 254, 255),
        shape: [1, 2, 3],
        label: 3,
      });
      expect([...set.labels]).toEqual([7, 3]);
    }
  });

  const file = (bytes: Uint8Array, name: string) => new File([new Uint8Array(bytes)], name);
  it.each([
    [
      "swapped files",
      labels,
      images,
      "a.idx: expected an IDX file of images, magic number 2051, found 2049 (that is a file of labels)",
    ],
    [
      "another magic number",
      idx([2, 2, 3], [], 0xd03),
      labels,
      "a.idx: expected an IDX file of images, magic number 2051, found 3331",
    ],
    [
      "a text file",
      Uint8Array.of(65),
      labels,
      "a.idx: expected an IDX file of images, magic number 2051, found -1",
    ],
    [
      "a header cut off",
      images.slice(0, 10),
      labels,
      "a.idx: cut off after 10 bytes, within its header of 16",
    ],
    [
      "pixels cut off",
      images.slice(0, 20),
      labels,
      "a.idx: the header says 2×2×3 (28 bytes in all), but there are 20 bytes",
    ],
    [
      "bytes too many",
      images,
      Uint8Array.of(...labels, 0),
      "b.idx: the header says 2 (10 bytes in all), but there are 11 bytes",
    ],
    [
      "absurd sizes",
      idx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], []),
      labels,
      "a.idx: the header says 4294967295×4294967295×4294967295",
    ],
    ["no images", idx([0, 28, 28], []), labels, "a.idx: holds no images: sizes 0×28×28"],
    [
      "counts that disagree",
      images,
      idx([3], [1, 2, 3]),
      "a.idx holds 2 images, but b.idx 3 labels",
    ],
    [
      "a label out of range",
      images,
      idx([2], [0, 10]),
      "b.idx: record 1 has label 10, expected 0 to 9",
    ],
    ["an empty file", images, new Uint8Array(0), "b.idx: the file is empty"],
    [
      "gzip cut off",
      gzip(images).slice(0, 25),
      labels,
      "a.idx: the gzip data is damaged or cut off",
    ],
  ])("refuses %s", async (_name, a, b, message) => {
    const files = { images: file(a, "a.idx"), labels: file(b, "b.idx") };
    await expect(mnist(files)).rejects.toThrow(message);
  });

  it("takes more classes when they are named, and no unknown option", async () => {
    const classes = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
    const set = await mnist({ images, labels: idx([2], [25, 0]), classes });
    expect(set.classes?.[set.get(0).label]).toBe("Z");
    const misspelt = { images, labels, class: [] };
    await expect(mnist(misspelt)).rejects.toThrow('mnist: unknown option "class"');
  });
});

describe.skipIf(!sharedData("mnist"))("mnist on the real files (absent here if skipped)", () => {
  beforeAll(() => void setPlatform(nodePlatform));
  afterAll(() => void setPlatform(nodePlatform));

  it("gives the published counts, mean and deviation", async () => {
    const set = await mnist({
      images: `${sharedData("mnist")}/t10k-images-idx3-ubyte.gz`,
      labels: `${sharedData("mnist")}/t10k-labels-idx1-ubyte.gz`,
    });
    expect(set.length).toBe(10_000);
    const counts = new Int32Array(10);
    for (const label of set.labels) counts[label]++;
    expect([...counts]).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    let sum = 0;
    for (let i = 0; i < set.length; i++) for (const value of set.get(i).image) sum += value;
    expect(sum / (255 * 784 * 10_000)).toBeCloseTo(0.1325, 4); // the test set's; 0.1307 is the training set's
  });
});
