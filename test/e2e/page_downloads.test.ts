// Downloads of weights in a real page: what comes is checked and kept by the Cache API, and nothing else is.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findPretrained } from "../../src/models/index.ts";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import {
  type ServeOptions,
  serve,
  sha256,
  someBytes,
  startServer,
  type TestServer,
} from "../platform/hostile_server.ts";
import { sharedData } from "../shared_data.ts";

const ENTRY = `
export { download } from "./src/platform/download/download.ts";
export { init, transfer } from "./src/index.ts";
`;

/** Two pieces and a half, of the size in which the page stores what comes. */
const MEGABYTE = 2 ** 20;
const FILE = Buffer.alloc(20 * MEGABYTE, someBytes(MEGABYTE - 1));
const HASH = sha256(FILE);
const CLASSES = Array.from({ length: 1000 }, (_, i) => `thing ${i}`);
const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");

let folder: string;
let server: TestServer;
let browser: Browser;
let page: Page;
/** An answer that breaks off in the third piece. */
const cut = (etag: string) => ({ etag, cutAfter: 18 * MEGABYTE, cutDelay: 3_000 });
/** How the next requests for the file are answered, in turn; the last answer goes on. */
let answers: ServeOptions[] = [];
/** Paths of requests since the test began, with the Range header where there was one. */
let asked: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-page-"));
  await writePage(folder, await bundlePage({ entries: { page: ENTRY } }));
  server = await startServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(404).end());
  });
  browser = await launchChromium({ adapter: adapterChoice() });
  page = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await page.goto(`${server.url}/index.html`);
  await page.evaluate(
    `caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))`,
  );
  asked = [];
  answers = [{ etag: '"1"' }];
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  if (path === "/index.html") {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
  } else if (path === "/favicon.ico") {
    response.writeHead(404).end(); // full browsers ask for it, whatever the page says
  } else if (path.endsWith(".js")) {
    response.writeHead(200, { "content-type": "text/javascript" });
    response.end(await readFile(join(folder, basename(path))));
  } else {
    asked.push(`${path} ${request.headers.range ?? ""}`.trim());
    const bytes = path.startsWith("/mirror/") ? await mirrored(path) : FILE;
    const options = answers.length > 1 ? answers.shift() : answers[0];
    serve(request, response, bytes, options);
  }
}

/** Files of the registry: a wrong one of the right size, and MobileNet's real ones. */
async function mirrored(path: string): Promise<Uint8Array> {
  if (path.includes("squeezenet")) return new Uint8Array(findPretrained("squeezenet1_1")!.size);
  const name = basename(path);
  if (name === "imagenet_class_index.json") return Buffer.from(JSON.stringify(CLASSES));
  return readFile(join(mobilenet ?? "", name === "model.json" ? "mobilenet_model.json" : name));
}

/** Runs `body` in the page, where `download`, `transfer` and `init` are at hand. */
async function run<T>(body: string): Promise<T> {
  return (await page.evaluate(
    `import("/page.js").then(async ({ download, transfer, init }) => { ${body} })`,
  )) as T;
}

/** Downloads the file and tells its hash. */
const fetchFile = (more = "") =>
  run<string>(`
    const blob = await download("/weights.bin", {
      key: "pretrained/net/weights.bin", sha256: "${HASH}", size: ${FILE.length}, retries: 0, retryDelay: 1, ${more}
    });
    const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");`);

/** Names of what the Cache API holds. */
const cached = () =>
  page.evaluate(`caches.open("graft-v1").then((cache) => cache.keys()).then((keys) =>
    keys.map((key) => decodeURIComponent(new URL(key.url).pathname).slice(1)).sort())`);

describe("download in a page", { timeout: 120_000 }, () => {
  it("checks what comes and has it from the cache the next time, also in a new page", async () => {
    expect(await fetchFile()).toBe(HASH);
    expect(await cached()).toEqual(["pretrained/net/weights.bin"]);
    expect(await fetchFile()).toBe(HASH);
    await page.reload();
    expect(await fetchFile()).toBe(HASH);
    expect(asked).toEqual(["/weights.bin"]);
  });

  it("keeps nothing of a file with another hash, and fetches it anew", async () => {
    await expect(fetchFile(`sha256: "${"0".repeat(64)}"`)).rejects.toThrow(
      new RegExp(`weights\\.bin: its SHA-256 is ${HASH.slice(0, 16)}…, not 0{16}….*was deleted`),
    );
    expect(await cached()).toEqual([]);
    expect(await fetchFile()).toBe(HASH);
    expect(asked).toEqual(["/weights.bin", "/weights.bin"]);
  });

  it("goes on where an interrupted download stopped, also in a new page", async () => {
    answers = [cut('"1"'), { etag: '"1"' }];
    await expect(fetchFile()).rejects.toThrow(/weights\.bin: the download broke off/);
    const parts = ["version", "0", "1"].map((part) => `pretrained/net/weights.bin?part=${part}`);
    expect(await cached()).toEqual(parts.sort());
    await page.reload();
    expect(await fetchFile()).toBe(HASH);
    expect(await cached()).toEqual(["pretrained/net/weights.bin"]);
    expect(asked).toEqual(["/weights.bin", `/weights.bin bytes=${16 * MEGABYTE}-`]);
  });

  it("begins anew when the file has changed meanwhile", async () => {
    answers = [cut('"0"'), { etag: '"1"' }];
    await expect(fetchFile("retries: 2")).resolves.toBe(HASH);
    expect(await cached()).toEqual(["pretrained/net/weights.bin"]);
    expect(asked.at(-1)).toBe("/weights.bin");
  });

  it("stops when it is aborted, and leaves no whole file", async () => {
    await expect(
      run(`
        const stop = new AbortController();
        return download("/weights.bin", {
          key: "pretrained/net/weights.bin", signal: stop.signal, retries: 0,
          onProgress: (bytes) => bytes > ${9 * MEGABYTE} && stop.abort(new Error("enough")),
        });`),
    ).rejects.toThrow("enough");
    expect(await cached()).not.toContain("pretrained/net/weights.bin");
    expect(await fetchFile()).toBe(HASH);
  });
});

describe("transfer.pretrained in a page", { timeout: 120_000 }, () => {
  it("keeps nothing of a wrong file", async () => {
    await expect(
      run(`await init(); await transfer.pretrained("squeezenet1_1", { baseUrl: "/mirror" });`),
    ).rejects.toThrow(/its SHA-256 is .*was deleted/);
    expect(await cached()).toEqual([]);
  });

  it.skipIf(!mobilenet)("brings a network and the names of its classes once", async () => {
    const load = () =>
      run<[number, string[], string[]]>(`
        await init();
        const { report, classes, notes } = await transfer.pretrained("mobilenet_v1_0.25", { baseUrl: "/mirror" });
        return [report.loaded.length, classes, notes];`);
    const loaded = await load();
    expect(loaded).toEqual([expect.any(Number), CLASSES, []]);
    expect(loaded[0]).toBeGreaterThan(100);
    const requests = asked.length;
    expect(requests).toBeGreaterThan(1);
    await page.reload();
    expect(await load()).toEqual(loaded);
    expect(asked).toHaveLength(requests);
  });
});
