/** The package as built, in headless Chromium, against the sources in Node: the same fine-tune, the same numbers. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import "webgraft/node";
import type { Browser } from "puppeteer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeGpu } from "../../src/platform/node/index.ts";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { finetune, type Result } from "./finetune.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const package_ = join(repository, "dist/browser/index.js");
const weights = join(repository, "assets/letters.safetensors");

/** Both use the same software adapter where there is one, else the machine's GPU. */
const software = process.platform === "linux" && process.arch === "x64" ? "swiftshader" : undefined;

let folder: string;
let server: StaticServer;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(package_)) throw new Error(`${package_} is missing: npm run build`);
  folder = await mkdtemp(join(tmpdir(), "graft-page-"));
  const entries = { finetune: 'export * from "./test/e2e/finetune.ts";' };
  await writePage(folder, await bundlePage({ entries, alias: { webgraft: package_ } }));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  server = await serveFolders({ "/": folder, "/assets/": join(repository, "assets") });
  browser = await launchChromium({ adapter: software });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function inNode(): Promise<Result> {
  const adapter = await (await nodeGpu({ software })).requestAdapter();
  if (!adapter) throw new Error("no WebGPU adapter in Node");
  return finetune(await readFile(weights), adapter);
}

async function inPage(): Promise<Result> {
  const page = await browser.newPage();
  await page.goto(server.url);
  return (await page.evaluate(`(async () => {
    const { finetune } = await import("/finetune.js");
    const file = await fetch("/assets/letters.safetensors");
    return finetune(new Uint8Array(await file.arrayBuffer()));
  })()`)) as Result;
}

it("learns in a page what it learns in Node, step by step", async () => {
  const [node, page] = [await inNode(), await inPage()];
  expect(node.losses).toHaveLength(8);
  expect(node.losses.at(-1)).toBeLessThan(node.losses[0] / 2);
  expect(node.accuracy).toBeGreaterThan(0.9);
  for (const [step, loss] of node.losses.entries()) {
    expect(Math.abs(page.losses[step] - loss), `loss of step ${step}`).toBeLessThan(1e-4);
  }
  expect(page.accuracy).toBe(node.accuracy);
  const apart = node.probabilities.flatMap((row, i) =>
    row.map((p, j) => Math.abs(p - page.probabilities[i][j])),
  );
  expect(Math.max(...apart)).toBeLessThan(1e-3);
});
