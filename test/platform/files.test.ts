import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageFolder } from "../../src/data/index.ts";
import { loadWeights } from "../../src/formats/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodeDisk } from "../../src/platform/node/disk.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";

let folder: string;
const previous = setPlatform(nodePlatform);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-files-"));
});
afterAll(() => {
  setPlatform(previous);
  return rm(folder, { recursive: true, force: true });
});

describe("nodePlatform.readFile", () => {
  it("reads a path and a file: URL, with a buffer of its own", async () => {
    const path = join(folder, "some file.bin");
    await writeFile(path, Uint8Array.of(1, 2, 3));
    const bytes = await nodePlatform.readFile(path);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(bytes.buffer.byteLength).toBe(3);
    expect([...(await nodePlatform.readFile(pathToFileURL(path).href))]).toEqual([1, 2, 3]);
  });

  it("names the path and says why it can't", async () => {
    const missing = join(folder, "missing.bin");
    await expect(nodePlatform.readFile(missing)).rejects.toThrow(
      `${missing}: can't read: no such file or folder`,
    );
    await expect(nodePlatform.readFile(folder)).rejects.toThrow("is a folder, not a file");
  });

  it.skipIf(process.platform === "win32")("refuses what may never end", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of [pipe, "/dev/zero"]) {
      const message = `${path}: can't read: is a pipe or a device, not a file`;
      await expect(nodePlatform.readFile(path)).rejects.toThrow(message);
      expect(await nodePlatform.openFile!(path, 0)).toBeNull();
      await expect(loadWeights(path)).rejects.toThrow("is a pipe or a device");
      const set = await imageFolder({ pictures: [path] }, { onError: "throw" });
      await expect(set.get(0)).rejects.toThrow("is a pipe or a device");
    }
  });
});

describe("what was being written when a process was killed", () => {
  it("is swept away, and nothing else", async () => {
    const home = await mkdtemp(join(folder, "sweep-"));
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    const others = [
      `.model.bin.x.${id}.tmp`,
      ".model.bin.tmp",
      `.other.bin.${id}.tmp`,
      "model.bin",
    ];
    for (const name of [...others, `.model.bin.${id}.tmp`]) await writeFile(join(home, name), "");
    await nodeDisk.sweep(join(home, "model.bin"));
    expect((await readdir(home)).sort()).toEqual([...others].sort());
  });
});

describe("nodePlatform.writeFileAtomic", () => {
  it("creates, then replaces, and leaves no temporary file", async () => {
    const home = await mkdtemp(join(folder, "write-"));
    const path = join(home, "model.bin");
    await nodePlatform.writeFileAtomic(path, Uint8Array.of(1));
    await nodePlatform.writeFileAtomic(path, Uint8Array.of(2, 3));
    expect([...(await readFile(path))]).toEqual([2, 3]);
    expect(await readdir(home)).toEqual(["model.bin"]);
  });

  it("leaves what was there whole, and no temporary file, when it fails", async () => {
    const home = await mkdtemp(join(folder, "fail-"));
    const path = join(home, "model.bin");
    await mkdir(path); // a folder can't be replaced by a file: the rename fails after the write
    await writeFile(join(path, "kept"), "old");
    await expect(nodePlatform.writeFileAtomic(path, Uint8Array.of(1))).rejects.toThrow(
      `${path}: can't write`,
    );
    expect(await readdir(home)).toEqual(["model.bin"]);
    expect(await readFile(join(path, "kept"), "utf8")).toBe("old");
  });

  it("names the path when the folder is missing", async () => {
    const path = join(folder, "no", "such", "model.bin");
    await expect(nodePlatform.writeFileAtomic(path, Uint8Array.of(1))).rejects.toThrow(
      `${path}: can't write: no such file or folder`,
    );
  });
});

describe("nodeDisk.makeFolder", () => {
  it("makes a folder and those above it, and leaves one that is there as it is", async () => {
    const home = await mkdtemp(join(folder, "make-"));
    const path = join(home, "a", "b");
    expect(await nodeDisk.makeFolder(path)).toBe(join(home, "a"));
    await writeFile(join(path, "kept"), "old");
    expect(await nodeDisk.makeFolder(path)).toBeNull();
    expect(await readdir(path)).toEqual(["kept"]);
    await expect(nodeDisk.makeFolder(join(path, "kept"))).rejects.toThrow(
      `${join(path, "kept")}: can't make this folder: a file of this name exists`,
    );
  });
});

describe("nodePlatform.listFolder", () => {
  it("lists by name, follows links and counts a broken one as a file", async () => {
    const home = await mkdtemp(join(folder, "list-"));
    await mkdir(join(home, "b"));
    await writeFile(join(home, "a.txt"), "");
    await symlink(join(home, "b"), join(home, "c"));
    await symlink(join(home, "nowhere"), join(home, "d"));
    await writeFile(join(home, "B"), "");
    expect(await nodePlatform.listFolder(home)).toEqual([
      { name: "B", kind: "file" },
      { name: "a.txt", kind: "file" },
      { name: "b", kind: "folder" },
      { name: "c", kind: "folder" },
      { name: "d", kind: "file" },
    ]);
  });

  it("names the path and says why it can't", async () => {
    const path = join(folder, "absent");
    await expect(nodePlatform.listFolder(path)).rejects.toThrow(
      `${path}: can't list: no such file or folder`,
    );
  });
});
