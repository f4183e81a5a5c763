import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WeightFileError } from "../../../src/formats/index.ts";
import { toByteSource } from "../../../src/formats/sources/source.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";
import { mistyped } from "../../mistyped.ts";

const text = (value: string) => new TextEncoder().encode(value);
const read = async (source: Parameters<typeof toByteSource>[0]) =>
  new TextDecoder().decode(await (await toByteSource(source)).read());

const previous = setPlatform(nodePlatform);
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "graft-source-"));
  writeFileSync(join(folder, "model.json"), "manifest");
  writeFileSync(join(folder, "group 1#?.bin"), "shard");
});

afterAll(() => {
  setPlatform(previous);
  rmSync(folder, { recursive: true });
});

describe("toByteSource", () => {
  it("reads bytes, buffers, Blobs, Files and Responses", async () => {
    expect(await read(text("abc"))).toBe("abc");
    expect(await read(text("abc").buffer)).toBe("abc");
    expect(await read(new Blob(["ab", "c"]))).toBe("abc");
    const file = await toByteSource(new File(["abc"], "w.pt"));
    expect(file.name).toBe("w.pt");
    expect(await read(new Response("abc"))).toBe("abc");
    expect((await toByteSource(text("a"), { name: "mine" })).name).toBe("mine");
  });

  it("reads paths, file URLs and data URLs", async () => {
    const path = join(folder, "model.json");
    expect(await read(path)).toBe("manifest");
    expect(await read(pathToFileURL(path))).toBe("manifest");
    expect(await read("data:text/plain,abc")).toBe("abc");
  });

  it("reads siblings of paths, with any characters in their names", async () => {
    for (const source of [join(folder, "model.json"), pathToFileURL(join(folder, "model.json"))]) {
      const file = await toByteSource(source);
      const shard = await file.sibling("group 1#?.bin");
      expect(new TextDecoder().decode(await shard.read())).toBe("shard");
      await expect((await file.sibling("nope.bin")).read()).rejects.toThrow(
        "no such file or folder",
      );
    }
  });

  it("finds the manifest of a folder, with or without a slash", async () => {
    expect(await read(folder)).toBe("manifest");
    expect(await read(`${folder}/`)).toBe("manifest");
    expect((await toByteSource(folder)).name).toBe(`${folder}/model.json`);
  });

  it("finds the manifest among files by name, and its siblings", async () => {
    const files = { "a/model.json": text("m"), "a/s.bin": new Blob(["s"]), "s.bin": text("other") };
    for (const set of [files, new Map(Object.entries(files))]) {
      const source = await toByteSource(set);
      expect(source.name).toBe("a/model.json");
      expect(new TextDecoder().decode(await (await source.sibling("s.bin")).read())).toBe("s");
      await expect(source.sibling("t.bin")).rejects.toThrow(
        "a/t.bin: this file is missing among those given",
      );
    }
    const list = [new File(["m"], "model.json"), new File(["s"], "s.bin")];
    expect(await read(list)).toBe("m");
    expect(await read([new File(["m"], "weights")])).toBe("m");
    const fileList = {
      length: 2,
      item: (i: number) => list[i],
      [Symbol.iterator]: () => list.values(),
    };
    expect(await read(fileList)).toBe("m");
  });

  it.each([
    [{}, "there are no files in it"],
    [{ "a.txt": text(""), "b.txt": text("") }, "no weight file among 2 files (a.txt, b.txt)"],
    [{ "a.pt": text(""), "b.pt": text("") }, "2 files in it could be meant: a.pt, b.pt. Pass one"],
  ])("can't choose among %j", async (files, message) => {
    await expect(toByteSource(files)).rejects.toThrow(`the given files: ${message}`);
  });

  it.each([
    "../x",
    "a/../x",
    "/etc/passwd",
    "a//b",
    ".",
    "./",
    "./../x",
    ".//x",
    "",
    "C:x",
    "file:x",
    "http://x/y",
    "a\\b",
    "..",
    "a\0b",
  ])("refuses the sibling %j", async (name) => {
    const files = await toByteSource({ "model.json": text("m") });
    for (const source of [
      files,
      await toByteSource(join(folder, "model.json")),
      await toByteSource("http://127.0.0.1/m.json"),
    ]) {
      await expect(source.sibling(name)).rejects.toThrow(WeightFileError);
      await expect(source.sibling(name)).rejects.toThrow(
        "which is not a plain name inside its own folder",
      );
    }
  });

  it.each([
    ["./s.bin", "s.bin"],
    ["./a/./s.bin", "a/s.bin"],
  ])("takes the sibling %j for %j", async (name, path) => {
    const files = await toByteSource({ "model.json": text("m"), [path]: text("s") });
    const sibling = await files.sibling(name);
    expect(sibling.name).toBe(path);
    expect(await sibling.read()).toEqual(text("s"));
  });

  it("lists what lies beside a file, where that can be done", async () => {
    const files = await toByteSource({ "a/model.json": text("m"), "a/b/c": text(""), d: text("") });
    expect(await files.siblings!()).toEqual(["model.json"]);
    const home = join(folder, "beside");
    mkdirSync(join(home, "below"), { recursive: true });
    for (const name of ["model.json", "s.bin"]) writeFileSync(join(home, name), "m");
    for (const path of [
      home,
      `${home}/`,
      join(home, "s.bin"),
      pathToFileURL(join(home, "s.bin")),
    ]) {
      const source = await toByteSource(path);
      expect(await source.siblings!()).toEqual(["model.json", "s.bin"]);
    }
    for (const alone of [new File(["m"], "m"), "http://127.0.0.1/m.json"]) {
      expect((await toByteSource(alone)).siblings).toBeUndefined();
    }
  });

  it("chooses what is no weight file last, to say what it is", async () => {
    const names = ["saved_model.pb", "fingerprint.pb", "keras_metadata.pb"];
    const files = Object.fromEntries(names.map((name) => [name, text(name)]));
    expect((await toByteSource(files)).name).toBe("saved_model.pb");
    expect((await toByteSource({ "a.txt": text(""), "net.pb": text("") })).name).toBe("net.pb");
    expect((await toByteSource({ ...files, "net.h5": text("") })).name).toBe("net.h5");
  });

  it("says that single files have no siblings", async () => {
    const source = await toByteSource(new File(["m"], "model.json"));
    await expect(source.sibling("s.bin")).rejects.toThrow(
      'model.json: it needs the file "s.bin", which can\'t be found from a single file or bytes. Pass a path',
    );
  });

  it("names a file that can't be read", async () => {
    const path = join(folder, "none.pt");
    await expect(toByteSource(path)).rejects.toThrow(
      `${path}: can't read: no such file or folder. Check the path`,
    );
    await expect(toByteSource(path)).rejects.toThrow(WeightFileError);
  });

  it("refuses what is no source, and unknown options", async () => {
    await expect(toByteSource(mistyped(5))).rejects.toThrow(
      "expected a path, URL, File, Blob, bytes",
    );
    await expect(toByteSource(mistyped(null))).rejects.toThrow(TypeError);
    await expect(toByteSource(mistyped({ a: 5 }))).rejects.toThrow("got number");
    await expect(toByteSource(mistyped(["a"]))).rejects.toThrow("got string");
    await expect(toByteSource(text(""), mistyped({ onprogress: 1 }))).rejects.toThrow(
      'unknown option "onprogress"',
    );
  });
});
