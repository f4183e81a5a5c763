import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { withConfig } from "../../src/cli/config.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("withConfig", () => {
  it("puts the file's options before those that were typed", () => {
    const config = file(
      "run.json",
      JSON.stringify({
        data: ["a", "b"],
        batchSize: 16,
        train: ["features.24-", "head"],
        cache: false,
        json: true,
      }),
    );
    expect(withConfig(["finetune", "--epochs", "3", "--config", config])).toEqual([
      ...["finetune", "--data", "a", "b", "--batch-size", "16", "--train", "features.24-,head"],
      ...["--no-cache", "--json", "--epochs", "3"],
    ]);
    expect(withConfig([`--config=${config}`]).slice(0, 3)).toEqual(["--data", "a", "b"]);
    expect(withConfig(["--epochs", "3"])).toEqual(["--epochs", "3"]);
  });

  it("names the file that won't do", () => {
    expect(() => withConfig(["--config"])).toThrow("--config: name a JSON file");
    expect(() => withConfig(["--config", "none.json"])).toThrow("none.json: no such file");
    expect(() => withConfig(["--config", file("bad.json", "{")])).toThrow(
      /bad\.json: not valid JSON/,
    );
    expect(() => withConfig(["--config", file("list.json", "[1]")])).toThrow(/expected an object/);
    expect(() => withConfig(["--config", file("deep.json", '{"a":{}}')])).toThrow(
      /"a" is neither text, number, list/,
    );
  });
});
