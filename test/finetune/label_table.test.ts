// Several labels a picture: tables of them, and figures as scikit-learn has them.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "../../src/node.ts";
import { subset } from "../../src/data/index.ts";
import { thinClasses } from "../../src/finetune/data/division.ts";
import { openData } from "../../src/finetune/data/open.ts";
import type { OpenOptions } from "../../src/finetune/data/types.ts";
import { withThresholds } from "../../src/finetune/labels/answers.ts";
import { labelFigures } from "../../src/finetune/labels/figures.ts";
import { precisionRecallOf } from "../../src/finetune/reporting/labels.ts";
import { type NetworkInfo, networkInfoIn, networkMetadata } from "../../src/transfer/index.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-labels-"));
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  const create = { width: 6, height: 6, channels: 3, background: "red" } as const;
  const picture = await sharp({ create }).png().toBuffer();
  for (const name of ["a.png", "b.png", "c, d.png", "inner/e.png", "classes/cat/1.png"]) {
    mkdirSync(join(at(name), ".."), { recursive: true });
    writeFileSync(at(name), picture);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, ...lines: string[]): string {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), `${lines.join("\n")}\n`);
  return at(name);
}
const open = (path: string, how: Partial<OpenOptions> = {}) => openData(path, { size: 8, ...how });

describe("a table of labels", () => {
  it("has them in one column, in any of the usual ways, or each in its own", async () => {
    const tables = [
      ["file,labels", "a.png,cat dog", "b.png,", '"c, d.png",dog', "inner/e.png,bird"],
      ["image,tags", "a.png,dog;cat", 'b.png,""', '"c, d.png", dog ;', "inner/e.png,bird"],
      [
        "\uFEFFimage,tags\r",
        "a.png,dog|cat\r",
        "b.png,\r",
        '"c, d.png","dog"\r',
        "",
        "inner/e.png,bird",
      ],
      [
        "file,bird,cat,dog",
        "a.png,0,1,1",
        "b.png,0,0,0",
        '"c, d.png",0,0,1.0',
        "inner/e.png,1,0,0",
      ],
    ];
    for (const lines of tables) {
      const { train, kind, several } = await open(write("table.csv", ...lines));
      expect({ kind, several }).toEqual({ kind: "label table", several: true });
      expect(train.classes).toEqual(["bird", "cat", "dog"]);
      const found = await Promise.all([0, 1, 2, 3].map(async (i) => [...(await label(train, i))]));
      const byName = Object.fromEntries(found.map((row, i) => [train.nameOf!(i), row]));
      expect(byName).toEqual({
        [at("a.png")]: [0, 1, 1],
        [at("b.png")]: [0, 0, 0],
        [at("c, d.png")]: [0, 0, 1],
        [at("inner/e.png")]: [1, 0, 0],
      });
    }
    const { train } = await open(
      write("spaces.csv", "file,labels", "a.png,polar bear;sea lion", "b.png,cat"),
    );
    expect(train.classes).toEqual(["cat", "polar bear", "sea lion"]);
  });

  it("is found in a folder, with one for validation beside it", async () => {
    write("parts/train.csv", "file,labels", "../a.png,cat", "../b.png,dog");
    write("parts/val.csv", "file,labels", "../a.png,dog cat");
    const { name, train, validation } = await open(at("parts"));
    expect([name, train.length, validation?.length]).toEqual(["parts", 2, 1]);
    expect([...(await label(validation!, 0))]).toEqual([1, 1]);
    const { labelsOf } = await open(at("parts", "train.csv"));
    const [cat, dog] = [subset(train, [0]), subset(train, [1])];
    expect(thinClasses(["cat", "dog"], cat, dog, labelsOf)).toEqual([
      "no picture is left to train on of dog",
      "only one picture to train on of cat",
      "no picture to validate with of cat",
    ]);
    write("parts/val.csv", "file,labels", "../a.png,dog cow");
    await expect(open(at("parts"))).rejects.toThrow(
      /val\.csv, line 2: nothing was trained to know cow; the labels are cat, dog/,
    );
  });

  it("gives each picture one class where its column is called so, or has one word each", async () => {
    const tables = [
      ["file,label", "a.png,polar bear", '"c, d.png",cat', "b.png,polar bear"],
      ["id,breed", "a.png,polar_bear", '"c, d.png",cat', "b.png,polar_bear"],
      ["file,Class", "a.png,1", '"c, d.png",0', "b.png,1"],
    ];
    for (const [head, ...lines] of tables) {
      const { train, several } = await open(write("table.csv", head!, ...lines));
      expect(several).toBe(false);
      expect(train.labels).toEqual([1, 0, 1]);
      expect(train.classes).toEqual([lines[1]!.split(",").at(-1), lines[0]!.split(",").at(-1)]);
      expect((await train.get(0)).label).toBe(1);
    }
    const { classes } = (
      await open(write("table.csv", "file,label", "a.png,1"), { classes: ["0", "1"] })
    ).train;
    expect(classes).toEqual(["0", "1"]);
    const unclassed = write("table.csv", "file,label", "a.png,cat", "b.png,");
    await expect(open(unclassed)).rejects.toThrow("line 3: b.png has no class");
  });

  it("isn't what merely lies beside folders of classes", async () => {
    write("beside/labels.csv", "class,count", "cat,1", "dog,1");
    for (const name of ["cat", "dog"]) {
      mkdirSync(at("beside", name), { recursive: true });
      copyFileSync(at("a.png"), at("beside", name, "1.png"));
    }
    const { kind, train } = await open(at("beside"));
    expect([kind, train.classes]).toEqual(["image folder", ["cat", "dog"]]);
    write("beside/labels.csv", "file,labels", "cat/1.png,cat", "dog/1.png,dog red");
    expect((await open(at("beside"))).train.classes).toEqual(["cat", "dog", "red"]);
  });

  it("says in which line what can't be meant is", async () => {
    const refused = (...lines: string[]) => expect(open(write("wrong.csv", ...lines))).rejects;
    await refused("file,labels").toThrow("it names no picture");
    await refused("a.png", "b.png").toThrow("a line that names its columns");
    await refused("file,cat,dog", "a.png,1,0").toThrow("no picture has the label dog");
    await refused("file,labels", "a.png,").toThrow("no picture has a label");
    await refused("file,cat,dog", "a.png,1,1", "b.png,1,yes").toThrow(
      'line 3: "yes" in the column dog',
    );
    await refused("file,cat,dog", "a.png,1").toThrow(
      "line 2: 2 cells, where line 1 names 3 columns",
    );
    await refused("file,labels", "a.png,cat", "", "a.png,dog").toThrow(
      "line 4: a.png was there in line 2;",
    );
    await refused("file,labels", "a.png,cat", "gone.png,dog").toThrow(
      "line 3: there is no picture gone.png",
    );
    await refused("file,labels", '"a.png,cat').toThrow(
      "line 2: a quote in it isn't where one can be",
    );
    const path = write("gone.csv", "file,labels", "a.png,cat", "gone.png,dog");
    const { train, skipped } = await open(path, { skipDamaged: true });
    expect([train.length, skipped[0]?.why]).toEqual([1, "there is no such file"]);
  });

  it("isn't mixed with pictures of one class each", async () => {
    const table = write("one.csv", "file,labels", "a.png,cat");
    await expect(open(table, { several: false })).rejects.toThrow("one class each");
    const classed = write("one.csv", "file,label", "a.png,cat");
    await expect(open(classed, { several: true })).rejects.toThrow("any number of labels");
    await expect(open(at("classes"), { several: true })).rejects.toThrow("name a table of them");
  });
});

const label = async (set: Awaited<ReturnType<typeof open>>["train"], i: number) =>
  (await set.get(i)).label as Float32Array;

describe("figures of several labels", () => {
  const golden = JSON.parse(
    readFileSync(new URL("../golden/labels.json", import.meta.url), "utf8"),
  );
  const rows = (values: number[][]) => values.map((row) => Float32Array.from(row));
  const [truth, probabilities] = [rows(golden.truth), rows(golden.scores)];
  const half = truth.length / 2;
  const info: NetworkInfo = {
    architecture: "simple_cnn",
    top: "own",
    classes: ["a", "b", "c", "d"],
    input: {
      ...{ size: 28, channels: 1, order: "rgb", scale: 1, mean: [0], std: [1] },
      ...{ resize: "stretch", antialias: true },
    },
  };

  it("are scikit-learn's, with thresholds chosen on other pictures and kept with the network", () => {
    const chosen = withThresholds(info, {
      truth: truth.slice(0, half),
      probabilities: probabilities.slice(0, half),
    });
    const { thresholds } = networkInfoIn(networkMetadata(chosen), "a file")!;
    expect(thresholds).toHaveLength(4);
    for (const [c, threshold] of thresholds!.entries())
      expect(threshold).toBeCloseTo(golden.thresholds[c], 6);
    const answers = { truth: truth.slice(half), probabilities: probabilities.slice(half) };
    const { labels, ...wholes } = labelFigures(answers, thresholds!, info.classes);
    const { macroF1, microF1, meanAveragePrecision, exact, ...each } = golden.found;
    for (const [name, value] of Object.entries({ macroF1, microF1, meanAveragePrecision, exact }))
      expect(wholes[name as keyof typeof wholes]).toBeCloseTo(value as number, 9);
    for (const [name, values] of Object.entries(each) as [keyof (typeof labels)[0], number[]][])
      for (const [c, value] of values.entries())
        if (value === null) expect(labels[c]![name]).toBeNull();
        else expect(labels[c]![name]).toBeCloseTo(value, 9);
    const perClass = labels.map((one) => ({ ...one, f1: { value: one.f1, low: 0, high: 1 } }));
    const curves = precisionRecallOf(answers, perClass);
    expect(curves).toHaveLength(3); // of the fourth there is no example
    for (const { points } of curves) expect(points.at(-1)).toEqual({ recall: 0, precision: 1 });
  });

  it("are refused where a file's thresholds aren't of its labels", () => {
    const metadata = networkMetadata({ ...info, thresholds: [0.5] });
    expect(() => networkInfoIn(metadata, "a file")).toThrow("is incomplete");
  });
});
