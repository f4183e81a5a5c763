import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nodeFileCache } from "../../src/platform/node/file_cache.ts";

const KEY = "pretrained/net/net.pth";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "graft-cache-"));
  vi.stubEnv("GRAFT_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const cached = () => join(folder, KEY);

describe("the folder of downloads", () => {
  it("refuses names that lead out of it, and a file that another process writes", async () => {
    await expect(nodeFileCache.find("../x")).rejects.toThrow(/not a name for a file/);
    await expect(nodeFileCache.find("a//x")).rejects.toThrow(/not a name/);
    const part = await nodeFileCache.open(KEY);
    await expect(nodeFileCache.open(KEY)).rejects.toThrow(/process \d+ is downloading it already/);
    const lock = `${cached()}.lock`;
    const own = readFileSync(lock, "utf8");
    await part.close();
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, own.replace(/^\d+/, "999999999")); // no such process
    await (await nodeFileCache.open(KEY)).close();
  });

  it("takes over from a download that was killed in another container, where numbers mean others", async () => {
    await (await nodeFileCache.open(KEY)).close(); // makes the folder
    const lock = `${cached()}.lock`;
    writeFileSync(lock, `${process.pid} another-container pid:[1]`);
    const busy =
      /process \d+ is downloading it already; wait for it, or .* try again in half a minute/;
    await expect(nodeFileCache.open(KEY)).rejects.toThrow(busy);
    const past = new Date(Date.now() - 40_000);
    utimesSync(lock, past, past);
    const part = await nodeFileCache.open(KEY);
    await expect(nodeFileCache.open(KEY)).rejects.toThrow(busy);
    await part.close();
    expect(existsSync(lock)).toBe(false);
  });

  it("says from time to time that it is still at it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const part = await nodeFileCache.open(KEY);
    const lock = `${cached()}.lock`;
    const past = new Date(Date.now() - 40_000);
    utimesSync(lock, past, past);
    vi.advanceTimersByTime(5_000);
    vi.useRealTimers();
    expect(Date.now() - statSync(lock).mtimeMs).toBeLessThan(10_000);
    await part.close();
  });
});
