import { beforeAll, describe, expect, it } from "vitest";
import { cifar10, cifar100 } from "../../src/data/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { sharedData } from "../shared_data.ts";
import { cifarRecords, gzip } from "./make_files.ts";

describe("cifar10", () => {
  it("joins files in order, RGB planes as they are", async () => {
    const set = await cifar10([cifarRecords([[9], [0]]), gzip(cifarRecords([[5]]))]);
    expect([...set.labels]).toEqual([9, 0, 5]);
    const { image, shape, label } = set.get(1);
    expect(shape).toEqual([3, 32, 32]);
    expect([image[0], image[1023], image[1024], image[3071]]).toEqual([3, 3, 4, 5]);
    expect(set.classes?.[label]).toBe("airplane");
    expect(set.get(2).image[0]).toBe(0);
  });

  it("takes other class names", async () => {
    const classes = ["animal", "vehicle"];
    expect((await cifar10(cifarRecords([[1]]), { classes })).classes).toEqual(classes);
    await expect(cifar10(cifarRecords([[0], [2]]), { classes })).rejects.toThrow(
      "the given CIFAR file 0: record 1 has label 2, expected 0 to 1",
    );
  });

  const file = (bytes: Uint8Array) => new File([new Uint8Array(bytes)], "batch.bin");
  it("names file and record of what is wrong", async () => {
    const good = cifarRecords([[1], [2]]);
    await expect(cifar10([good, file(good.subarray(0, 6000))])).rejects.toThrow(
      "batch.bin: 6000 bytes are no whole number of records of 3073 bytes (1 label, 3,072 pixels): record 1 ends after 2927",
    );
    await expect(cifar10(file(cifarRecords([[1], [10]])))).rejects.toThrow(
      "batch.bin: record 1 has label 10, expected 0 to 9",
    );
    await expect(cifar10(file(new Uint8Array(0)))).rejects.toThrow("batch.bin: the file is empty");
    await expect(cifar10([])).rejects.toThrow("no files were given");
    expect(() => cifar10(good, { class: [] } as object)).toThrow("the options are classes");
  });
});

describe("cifar100", () => {
  it("reads fine or coarse labels", async () => {
    const bytes = cifarRecords([
      [19, 99],
      [3, 42],
    ]);
    expect([...(await cifar100(bytes)).labels]).toEqual([99, 42]);
    const coarse = await cifar100(bytes, { labels: "coarse" });
    expect([...coarse.labels]).toEqual([19, 3]);
    expect(coarse.classes).toHaveLength(20);
    expect(coarse.get(1).image[0]).toBe(3);
  });
});

describe.skipIf(!sharedData("cifar10"))(
  "cifar10 on the real files (absent here if skipped)",
  () => {
    beforeAll(() => void setPlatform(nodePlatform));

    it("gives the known label counts", async () => {
      const set = await cifar10(`${sharedData("cifar10")}/test_batch.first1000.bin`);
      const counts = new Int32Array(10);
      for (const label of set.labels) counts[label]++;
      expect([...counts]).toEqual([103, 89, 100, 103, 90, 86, 112, 102, 106, 109]);
      expect(set.classes?.[set.get(0).label]).toBe("cat"); // the official first test image
    });
  },
);
