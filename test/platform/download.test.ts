import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DownloadOptions, download } from "../../src/platform/download/download.ts";
import {
  blobFileCache,
  memoryStore,
  type Platform,
  setPlatform,
} from "../../src/platform/index.ts";
import { nodeFileCache } from "../../src/platform/node/file_cache.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import {
  type Handler,
  type ServeOptions,
  serve,
  sha256,
  someBytes,
  startServer,
  type TestServer,
} from "./hostile_server.ts";

const FILE = someBytes(300_000);
const HASH = sha256(FILE);
const KEY = "pretrained/net/net.pth";

let folder: string;
let server: TestServer | null = null;

let previous: Platform;

beforeEach(() => {
  previous = setPlatform(nodePlatform);
  folder = mkdtempSync(join(tmpdir(), "graft-download-"));
  vi.stubEnv("GRAFT_CACHE", folder);
});
afterEach(async () => {
  await server?.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  setPlatform(previous);
});

/** Serves each request in turn by one of the answers; the last one goes on. */
async function answering(...answers: (ServeOptions | Handler)[]): Promise<TestServer> {
  let next = 0;
  server = await startServer((request, response) => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    if (typeof answer === "function") answer(request, response);
    else serve(request, response, FILE, answer);
  });
  return server;
}

const get = (more: Partial<DownloadOptions> = {}, path = "/net.pth") =>
  download(`${server?.url}${path}`, { key: KEY, retries: 0, retryDelay: 1, ...more });
const cached = () => join(folder, "pretrained/net/net.pth");
const left = () => readdirSync(join(folder, "pretrained/net")).sort();

describe("download", () => {
  it("brings a file into the cache once, with progress", async () => {
    await answering({ etag: '"1"' });
    const seen: (number | undefined)[][] = [];
    const options = { size: FILE.length, sha256: HASH };
    const path = await get({ ...options, onProgress: (n, total) => seen.push([n, total]) });
    expect(path).toBe(cached());
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
    expect(seen.at(-1)).toEqual([FILE.length, FILE.length]);
    expect(left()).toEqual(["net.pth"]);
    expect(await get(options)).toBe(cached());
    expect(server?.ranges).toEqual([null]);
  });

  it("follows redirects and does without a length", async () => {
    const away: Handler = (_, response) => response.writeHead(302, { location: "/other" }).end();
    await answering(away, { length: false });
    await get({ sha256: HASH.slice(0, 8) });
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
  });

  it("takes up a transfer that broke off where it stopped", async () => {
    await answering({ cutAfter: 100_000, etag: '"1"' }, { etag: '"1"' });
    await get({ retries: 1, sha256: HASH });
    expect(server?.ranges).toEqual([null, "bytes=100000-"]);
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
    expect(left()).toEqual(["net.pth"]);
  });

  it("leaves nothing that looks whole, says so, and goes on in the next call", async () => {
    await answering({ cutAfter: 100_000, etag: '"1"' }, { etag: '"1"' });
    await expect(get()).rejects.toThrow(
      /net\.pth: the download broke off \(.+\); 100000 bytes are kept.*Check the connection/,
    );
    expect(existsSync(cached())).toBe(false);
    expect(await nodeFileCache.find(KEY)).toBeNull();
    expect(left()).toEqual(["net.pth.part", "net.pth.version"]);
    await get();
    expect(server?.ranges).toEqual([null, "bytes=100000-"]);
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
  });

  it("gives up after some tries", async () => {
    await answering({ cutAfter: 0 });
    await expect(get({ retries: 2 })).rejects.toThrow(/broke off/);
    expect(server?.ranges).toHaveLength(3);
  });

  it("starts again where the server knows no ranges, or the file has changed", async () => {
    await answering({ cutAfter: 5000, etag: '"1"' }, { etag: '"1"', ranges: false });
    await get({ retries: 1, sha256: HASH });
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
    await nodeFileCache.delete(KEY);
    await server?.close();
    await answering({ cutAfter: 5000, etag: '"1"' }, { etag: '"2"' });
    await get({ retries: 1 });
    expect(server?.ranges).toEqual([null, "bytes=5000-"]);
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
  });

  it("doesn't trust a half without a version unless a hash will tell", async () => {
    await answering({ cutAfter: 5000 }, {});
    await get({ retries: 1 });
    expect(server?.ranges).toEqual([null, null]);
    await nodeFileCache.delete(KEY);
    await server?.close();
    await answering({ cutAfter: 5000 }, {});
    await get({ retries: 1, sha256: HASH });
    expect(server?.ranges).toEqual([null, "bytes=5000-"]);
  });

  it("recognises a file that had come whole but wasn't kept", async () => {
    await answering({ etag: '"1"' });
    const part = await nodeFileCache.open(KEY);
    await part.restart('"1"');
    await part.append(FILE);
    await part.close();
    await get({ sha256: HASH });
    expect(server?.ranges).toEqual([`bytes=${FILE.length}-`]);
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
  });

  it("deletes what has the wrong hash and says so", async () => {
    await answering({});
    await expect(get({ sha256: "00".repeat(32) })).rejects.toThrow(
      new RegExp(`SHA-256 is ${HASH.slice(0, 16)}…, not 0{16}….*was deleted`),
    );
    expect(left()).toEqual([]);
  });

  it("goes by the MD5 where that is what is published", async () => {
    const md5 = createHash("md5").update(FILE).digest("hex");
    await answering({});
    for (const cache of [nodeFileCache, blobFileCache(memoryStore(), 4096)]) {
      const wrong = get({ cache, md5: "00".repeat(16) });
      await expect(wrong).rejects.toThrow(`MD5 is ${md5.slice(0, 16)}…, not 0000000000000000…`);
      expect(await cache.find(KEY)).toBeNull();
      await get({ cache, md5 });
      expect(await cache.find(KEY)).not.toBeNull();
    }
  });

  it("deletes two halves of different files", async () => {
    await answering({ etag: '"1"' });
    const part = await nodeFileCache.open(KEY);
    await part.restart('"1"');
    await part.append(new Uint8Array(1000));
    await part.close();
    await expect(get({ sha256: HASH })).rejects.toThrow(/SHA-256/);
    expect(left()).toEqual([]);
    await get({ sha256: HASH });
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
  });

  it("names the answer of a server that refuses, and doesn't ask again", async () => {
    await answering((_, response) => response.writeHead(404).end("no"));
    await expect(get({ retries: 3 }, "/net.pth?token=secret")).rejects.toThrow(
      /net\.pth: the server answered 404 Not Found\. Check the address/,
    );
    expect(server?.ranges).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it("asks a busy server again", async () => {
    await answering((_, response) => response.writeHead(503).end(), {});
    await get({ retries: 1 });
    expect(readFileSync(cached()).equals(FILE)).toBe(true);
  });

  it("refuses a size that can't be right before transferring anything", async () => {
    await answering((_, response) => {
      response.writeHead(200, { "content-length": 2 ** 50 });
      response.write("x");
    });
    await expect(get({ size: FILE.length })).rejects.toThrow(
      /has a file of 1125899906842624 bytes/,
    );
    await expect(get()).rejects.toThrow(/at most 8589934592 are expected/);
    expect(left()).toEqual([]);
  });

  it("stops a stream that never ends", async () => {
    await answering((_, response) => {
      const more = () => void (response.write(FILE) && setImmediate(more));
      response.on("drain", more);
      more();
    });
    await expect(get({ size: 500_000, sizeTolerance: 100 })).rejects.toThrow(
      /more than 500100 bytes came/,
    );
    expect(left()).toEqual([]);
  });

  it("notices that too little came, also without an announced length", async () => {
    await answering({ length: false });
    await expect(get({ size: FILE.length + 1 })).rejects.toThrow(/300000 of 300001 bytes came/);
    expect(existsSync(cached())).toBe(false);
  });

  it("says what can't be reached", async () => {
    await answering({});
    await server?.close();
    await expect(get()).rejects.toThrow(/can't be fetched \(.+\)\. Check the connection/);
  });

  it("stops on a signal with its reason and keeps what came", async () => {
    await answering({ etag: '"1"' });
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    await expect(get({ signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(left()).toContain("net.pth.part");
    expect(left()).not.toContain("net.pth.lock");
  });
});

describe("a cache of Blobs, as in a page", () => {
  it("keeps whole pieces of an interrupted download and joins them", async () => {
    const store = memoryStore();
    const cache = blobFileCache(store, 4096);
    await answering({ cutAfter: 100_000, etag: '"1"' }, { etag: '"1"' });
    await expect(get({ cache })).rejects.toThrow(/broke off/);
    expect(await cache.find(KEY)).toBeNull();
    const again = blobFileCache(store, 4096); // as after the page was loaded anew
    const blob = await get({ cache: again, sha256: HASH });
    expect(server?.ranges).toEqual([null, `bytes=${Math.floor(100_000 / 4096) * 4096}-`]);
    expect(blob).toBeInstanceOf(Blob);
    const bytes = blob instanceof Blob ? new Uint8Array(await blob.arrayBuffer()) : null;
    expect(bytes && sha256(bytes)).toBe(HASH);
    expect(await again.find(KEY)).not.toBeNull();
  });

  it("keeps nothing of a wrong file", async () => {
    const cache = blobFileCache(memoryStore(), 4096);
    await answering({});
    await expect(get({ cache, sha256: "0".repeat(64) })).rejects.toThrow(/SHA-256/);
    expect(await cache.find(KEY)).toBeNull();
    expect((await cache.open(KEY)).size).toBe(0);
  });
});
