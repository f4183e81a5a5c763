/**
 * The examples for pages as a user has them: built with Vite and with webpack from the installed package, served under a
 * strict Content-Security-Policy, and run in headless Chromium.
 */
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

const PAGES = ["page", "worker"];

let project: Project;
let browser: Browser;

beforeAll(async () => {
  project = await installedProject();
  for (const name of PAGES)
    await cp(join(repository, "examples", name), join(project.folder, name), { recursive: true });
  const software = process.platform === "linux" && process.arch === "x64";
  browser = await launchChromium({ adapter: software ? "swiftshader" : "system" });
});

afterAll(async () => {
  await browser?.close();
  await project?.remove();
});

interface Built {
  /** What a server shows. */
  readonly folder: string;
  /** Where the page is in it. */
  readonly path: string;
}

/** Each builds the pages into `out`, with the settings that the bundler has by itself. */
const bundlers: Record<string, (out: string) => Promise<Built[]>> = {
  vite: (out) =>
    Promise.all(
      PAGES.map(async (name): Promise<Built> => {
        const [root, outDir] = [join(project.folder, name), join(out, name)];
        await build({ root, configFile: false, logLevel: "error", build: { outDir } });
        return { folder: outDir, path: "" };
      }),
    ),

  /** Both pages at once: most of their code is the same, and webpack takes a quarter of a minute for it. */
  async webpack(out) {
    const script = join(repository, "test/package/webpack/build.mjs");
    const args = [script, project.folder, out, ...PAGES];
    const { status, stderr } = await project.run(process.execPath, ...args);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const name of PAGES) {
      const page = await readFile(join(project.folder, name, "index.html"), "utf8");
      const built = page.replace('type="module" src="./main.ts"', 'defer src="main.js"');
      await writeFile(join(out, name, "index.html"), built);
    }
    return PAGES.map((name) => ({ folder: out, path: `${name}/` }));
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
  let built: Built[];

  beforeAll(async () => {
    const out = join(project.folder, bundler);
    built = await bundlers[bundler](out);
    expect(await largestFile(out)).toBeLessThan(1.5e6);
  });

  it.each(PAGES)("a %s trains, and the console stays empty", async (name) => {
    const { folder, path } = built[PAGES.indexOf(name)];
    const server = await serveFolders({ "/": folder }, { headers: POLICY });
    const { page, trouble } = await open(`${server.url}${path}?epochs=1`);
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
