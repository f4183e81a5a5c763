import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheFolder, fillOnce } from "../../src/platform/node/cache.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "graft-test-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

describe("cacheFolder", () => {
  it("is $GRAFT_CACHE when set, and is created", async () => {
    const chosen = join(root, "a", "b");
    vi.stubEnv("GRAFT_CACHE", chosen);
    expect(await cacheFolder()).toBe(chosen);
    expect(await readdir(chosen)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("follows the XDG rule", async () => {
    vi.stubEnv("GRAFT_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", root);
    expect(await cacheFolder()).toBe(join(root, "graft"));
  });

  it.runIf(process.platform === "linux")("does without a writable home", async () => {
    const file = join(root, "file");
    await writeFile(file, "");
    vi.stubEnv("GRAFT_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", file);
    vi.stubEnv("TMPDIR", root);
    expect(await cacheFolder()).toBe(join(root, `graft-cache-${process.getuid?.()}`));
  });
});

describe("fillOnce", () => {
  it("fills once, also when several ask together", async () => {
    const target = join(root, "deep", "tool-1.0");
    const fill = vi.fn((folder: string) => writeFile(join(folder, "data"), "whole"));
    await Promise.all([1, 2, 3].map(() => fillOnce(target, fill)));
    const calls = fill.mock.calls.length;
    await fillOnce(target, fill);
    expect(fill.mock.calls.length).toBe(calls);
    expect(await readFile(join(target, "data"), "utf8")).toBe("whole");
    expect(await readdir(join(root, "deep"))).toEqual(["tool-1.0"]);
  });

  it("leaves nothing behind when filling fails, and can be tried again", async () => {
    const target = join(root, "tool-1.0");
    const failing = fillOnce(target, async (folder) => {
      await writeFile(join(folder, "half"), "");
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(await readdir(root)).toEqual([]);
    await fillOnce(target, (folder) => writeFile(join(folder, "data"), ""));
    expect(await readdir(target)).toEqual(["data"]);
  });
});
