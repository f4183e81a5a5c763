/**
 * The examples for pages as a user has them: built with Vite and with webpack from the installed package, served under a
 * strict Content-Security-Policy, and run in headless Chromium.
 */
import { spawnSync } from "node:child_process";
import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";
import sharp from "sharp";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digits } from "../../src/data/index.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { serveFolders } from "../../tools/static_server.ts";
import { installedProject, type Project, repository } from "./installed.ts";

/** No code but from the page's own server: no inline scripts, no eval, no WebAssembly. */
const POLICY = { "content-security-policy": "script-src 'self'" };

let project: Project;
let browser: Browser;

beforeAll(async () => {
  project = await installedProject();
  for (const name of ["page", "worker"])
    await cp(join(repository, "examples", name), join(project.folder, name), { recursive: true });
  const software = process.platform === "linux" && process.arch === "x64";
  browser = await launchChromium({ adapter: software ? "swiftshader" : "system" });
});

afterAll(async () => {
  await browser?.close();
  await project?.remove();
});

/** Each builds `folder` into `out`, with the settings that the bundler has by itself. */
const bundlers: Record<string, (folder: string, out: string) => Promise<void>> = {
  async vite(root, outDir) {
    await build({ root, configFile: false, logLevel: "error", build: { outDir } });
  },

  async webpack(folder, out) {
    const script = join(repository, "test/package/webpack/build.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script, folder, out], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const page = await readFile(join(folder, "index.html"), "utf8");
    const built = page.replace('type="module" src="./main.ts"', 'defer src="main.js"');
    await writeFile(join(out, "index.html"), built);
  },
};

/** Bytes. A format that puts all parts of a worker into one file must have no large ones to put there. */
async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  return Math.max(
    ...(await Promise.all(names.map(async (n) => (await stat(join(folder, n))).size))),
  );
}

/** Opens a page with the trouble that it will have: whatever goes to the console, and requests that fail. */
async function open(url: string): Promise<{ page: Page; trouble: string[] }> {
  const page = await browser.newPage();
  const trouble: string[] = [];
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 400) trouble.push(`${response.url()}: ${response.status()}`);
  });
  await page.goto(url);
  return { page, trouble };
}

/** What the page says once that is something of this kind, or an error. */
async function says(page: Page, kind: RegExp): Promise<string> {
  const isSaid = `/Error|${kind.source}/.test(document.querySelector("#status").textContent)`;
  await page.waitForFunction(isSaid, { timeout: 240_000 });
  return page.$eval("#status", ({ textContent }) => textContent ?? "");
}

/** Gives a picture to the page's chooser of files. */
async function choosePicture(page: Page): Promise<void> {
  const path = join(project.folder, "three.png");
  const { image, shape } = digits().test.get(3);
  const pixels = Uint8Array.from(
    image,
    (_, i) => image[(i % 3) * (image.length / 3) + Math.floor(i / 3)],
  );
  const raw = { channels: 3, height: shape[1], width: shape[2] } as const;
  await sharp(pixels, { raw }).png().toFile(path);
  const chooser = await page.$("input");
  await chooser?.uploadFile(path);
}

describe.each(Object.keys(bundlers))("built with %s", { timeout: 400_000 }, (bundler) => {
  it.each(["page", "worker"])("a %s trains, and the console stays empty", async (name) => {
    const [folder, out] = [join(project.folder, name), join(project.folder, `${name}-${bundler}`)];
    await bundlers[bundler](folder, out);
    expect(await largestFile(out)).toBeLessThan(1.5e6);
    const server = await serveFolders({ "/": out }, { headers: POLICY });
    const { page, trouble } = await open(`${server.url}?epochs=1`);
    expect(await says(page, /accuracy/)).toMatch(/^accuracy \d+\.\d %/);
    if (name === "page") {
      await choosePicture(page);
      expect(await says(page, /sure/)).toMatch(/^\d, \d+ % sure$/);
    }
    await page.close();
    await server.close();
    expect(trouble).toEqual([]);
  });
});
