import { describe, expect, it } from "vitest";
import type { Hdf5Group } from "../../../src/formats/keras/hdf5/file.ts";
import { writeHdf5 } from "../../../src/formats/keras/hdf5/write/file.ts";
import { GroupToWrite } from "../../../src/formats/keras/hdf5/write/group.ts";
import { fixedTexts, floats } from "../../../src/formats/keras/hdf5/write/values.ts";
import { dataset, fail, LONG, MANY, NUMBERS, numbers, open, sample } from "./hdf5_sample.ts";

describe("writeHdf5", () => {
  const bytes = writeHdf5(sample(), fail);
  const root = open(bytes);

  it("writes attributes of every kind, also one of a megabyte", () => {
    expect(root.attribute("text")).toEqual(["a text – with more than ASCII"]);
    expect(root.attribute("empty text")).toEqual([""]);
    expect(root.attribute("long")).toEqual([LONG]);
    expect(root.attribute("fixed")).toEqual(["first", "", "second one"]);
    expect(root.attribute("fixed UTF-8")).toEqual(["größer", "b"]);
    expect(root.attribute("no texts")).toEqual([]);
    expect(root.attribute("number")).toEqual(Float32Array.of(-7));
    expect(root.attribute("matrix")).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(root.attribute("名前")).toEqual(Float32Array.of(5));
    expect(root.get("texts")!.attribute("unit")).toEqual(["m"]);
  });

  it("writes numbers, bit for bit", () => {
    expect(dataset(root, "numbers")).toEqual({ shape: [2, 2], data: Float32Array.from(NUMBERS) });
    expect(dataset(root, "scalar")).toEqual({ shape: [], data: Float32Array.of(3.5) });
    expect(dataset(root, "none")).toEqual({ shape: [0, 3], data: new Float32Array(0) });
    const halves = Float32Array.from({ length: 15 }, (_, i) => i / 2);
    expect(dataset(root, "a/b/c/kernel:0")).toEqual({ shape: [3, 5], data: halves });
  });

  it("writes groups without members, with a thousand, and with names beyond ASCII", () => {
    const members = ["a", "empty", "many", "none", "numbers", "scalar", "texts", "unicode"];
    expect(root.names).toEqual(members);
    const empty = root.get("empty") as Hdf5Group;
    expect(empty.names).toEqual(["emptier"]);
    expect((empty.get("emptier") as Hdf5Group).names).toEqual([]);
    const many = root.get("many") as Hdf5Group;
    expect(many.names).toHaveLength(MANY);
    for (let i = 0; i < MANY; i++) {
      expect(many.get(`member ${i}`)!.attribute("i")).toEqual(Float32Array.of(i));
    }
    const unicode = root.get("unicode") as Hdf5Group;
    // In the order of UTF-8's bytes, which isn't that of UTF-16.
    expect(unicode.names).toEqual(["Größe", "a b", "größe", "z", "名前", "\uff5e", "\u{1f600}"]);
    for (const name of unicode.names) expect(unicode.get(name)!.attribute("name")).toEqual([name]);
  });

  it("writes the same bytes for the same content", () => {
    expect(Buffer.compare(writeHdf5(sample(), fail), bytes)).toBe(0);
  });

  it("has elements computed in the file's own memory, aligned for every type", () => {
    const group = new GroupToWrite();
    const targets: Float32Array[] = [];
    group.dataset("odd", fixedTexts(["abc"]));
    group.dataset(
      "a",
      floats([5], (target) => targets.push(target.fill(1))),
    );
    group.dataset(
      "b",
      floats([7], (target) => targets.push(target.fill(2))),
    );
    const file = writeHdf5(group, fail);
    expect(targets.map(({ length }) => length)).toEqual([5, 7]);
    for (const { buffer, byteOffset } of targets) {
      expect(buffer).toBe(file.buffer);
      expect(byteOffset % 8).toBe(0);
    }
    expect(file.buffer.byteLength).toBe(file.length);
    expect(dataset(open(file), "a").data).toEqual(new Float32Array(5).fill(1));
    expect(dataset(open(file), "b").data).toEqual(new Float32Array(7).fill(2));
  });

  it("names an attribute that doesn't fit, and refuses what can't be a member", () => {
    const group = new GroupToWrite();
    group.attributes.set("weight_names", fixedTexts(["x".repeat(70_000)]));
    expect(() => writeHdf5(group, fail)).toThrow(
      /written\.h5 \(keras-h5\): attribute "weight_names": it takes 70046 bytes, and HDF5 has room for 65528/,
    );
    const values = numbers([1], 1);
    group.dataset("a/b", values);
    expect(() => group.dataset("a/b", values)).toThrow('"a/b" exists already');
    expect(() => group.dataset("a/b/c", values)).toThrow('"b" is a dataset, not a group');
    expect(() => group.group("a//c")).toThrow(`"" can't be the name of a group or dataset`);
    expect(() => group.group("c\0d")).toThrow(`"c\\u0000d" can't be the name`);
  });
});
