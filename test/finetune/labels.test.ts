import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import "../../src/node.ts";
import { namesInFile } from "../../src/finetune/network/labels.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-labels-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("namesInFile", () => {
  it("reads lists, numbered objects, saved labels and plain text", async () => {
    expect(await namesInFile(file("a.json", '["cat", "dog"]'))).toEqual(["cat", "dog"]);
    expect(await namesInFile(file("b.json", '{"1": "dog", "0": "cat"}'))).toEqual(["cat", "dog"]);
    expect(await namesInFile(file("c.json", '{"classes": ["cat"], "weights": "x"}'))).toEqual([
      "cat",
    ]);
    expect(await namesInFile(file("d.txt", "cat\r\ndog\n\n"))).toEqual(["cat", "dog"]);
  });

  it("reads Teachable Machine's numbered lines", async () => {
    expect(await namesInFile(file("labels.txt", "0 cat\n1 big dog\n"))).toEqual(["cat", "big dog"]);
    expect(await namesInFile(file("years.txt", "1 cat\n0 dog\n"))).toEqual(["1 cat", "0 dog"]);
  });

  it("refuses anything else", async () => {
    await expect(namesInFile("none.txt")).rejects.toThrow("labels none.txt: no such file");
    await expect(namesInFile(file("e.json", "[1, 2]"))).rejects.toThrow(
      /neither a list of class names/,
    );
    await expect(namesInFile(file("f.json", '{"0": "a", "2": "b"}'))).rejects.toThrow(
      /neither a list/,
    );
    await expect(namesInFile(file("g.json", "[oops"))).rejects.toThrow(/isn't JSON/);
  });
});
