// The browser's half of src/platform, and the readers on top of it, in a real page.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { gzip, idx } from "../data/make_files.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { differenceTo, goldenPicture, goldenPictures } from "../platform/pictures.ts";

interface Decoded {
  data: number[];
  width: number;
  height: number;
}

const ENTRY = `
export { platform } from "./src/platform/index.ts";
export * as data from "./src/data/index.ts";
export { loadWeights } from "./src/formats/load.ts";
`;

let folder: string;
let server: StaticServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-page-"));
  await writePage(folder, await bundlePage({ entries: { page: ENTRY }, forWorkers: true }));
  await writeFile(join(folder, "images.gz"), gzip(idx([2, 1, 2], [1, 2, 3, 4])));
  await writeFile(join(folder, "labels"), idx([2], [7, 9]));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  server = await serveFolders({ "/": folder });
  browser = await launchChromium({ adapter: adapterChoice() });
  page = await browser.newPage();
  await page.goto(new URL("index.html", server.url).href);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `body` in the page, where \`platform\` and \`data\` are at hand and \`input\` is its argument. */
async function run<T>(body: string, input: unknown = null): Promise<T> {
  const script = `import("/page.js").then(async ({ platform, data, loadWeights }) => {
    const input = ${JSON.stringify(input)};
    ${body}
  })`;
  return (await page.evaluate(script)) as T;
}

const DECODE = `
  const { data: rgb, width, height } = await platform().decodeImage(Uint8Array.from(input.bytes), input.options);
  return { data: [...rgb], width, height };`;

async function decodeInPage(bytes: Uint8Array, options = {}): Promise<Decoded> {
  return run(DECODE, { bytes: [...bytes], options });
}

/** A picture with colours all over. */
function gradient(width: number, height: number) {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.set([((i % width) * 255) / width, (i * 255) / (width * height), 128], 3 * i);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe("decodeImage in a page", () => {
  it.each([
    ["PNG", () => gradient(12, 9).png()],
    ["turned by EXIF", () => gradient(12, 9).withMetadata({ orientation: 6 }).png()],
    ["grey", () => gradient(12, 9).greyscale().png()],
    ["half transparent", () => gradient(12, 9).ensureAlpha(0.5).png()],
    ["with a colour profile", () => gradient(12, 9).withIccProfile("p3").png()],
    ["WebP", () => gradient(12, 9).webp({ lossless: true })],
    ["JPEG", () => gradient(64, 48).jpeg({ quality: 90 })],
  ])("agrees with Node: %s", async (_name, make) => {
    const bytes = await make().toBuffer();
    const here = await nodePlatform.decodeImage(bytes);
    const there = await decodeInPage(bytes);
    expect([there.width, there.height]).toEqual([here.width, here.height]);
    expect(there.data).toHaveLength(here.data.length);
    expect(largestDifference(there.data, here.data)).toBeLessThanOrEqual(2);
  });

  it.each(goldenPictures)("reads what Pillow and Node read: %s", async (name, expected) => {
    const decoding = decodeInPage(goldenPicture(name));
    if (name.endsWith(".tif")) {
      const message = "a picture in TIFF: this browser can't decode it; save it as JPEG or PNG";
      await expect(decoding).rejects.toThrow(message);
      return;
    }
    const image = await decoding;
    expect([image.width, image.height]).toEqual(expected.size);
    expect(differenceTo(expected, image)).toBeLessThanOrEqual(2);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("turns WebP as Node does: %i", async (orientation) => {
    const webp = gradient(12, 9).webp({ lossless: true });
    const bytes = await webp.withMetadata({ orientation }).toBuffer();
    const here = await nodePlatform.decodeImage(bytes);
    expect([here.width, here.height]).toEqual(orientation > 4 ? [9, 12] : [12, 9]);
    const there = await decodeInPage(bytes);
    expect([there.width, there.height]).toEqual([here.width, here.height]);
    expect(largestDifference(there.data, here.data)).toBeLessThanOrEqual(1);
  });

  it("takes what a page shows", async () => {
    const colour = [200, 100, 50];
    const png = await sharp({
      create: { width: 6, height: 4, channels: 3, background: `rgb(${colour})` },
    })
      .png()
      .toBuffer();
    const body = `
      const url = "data:image/png;base64," + btoa(String.fromCharCode(...input));
      const img = Object.assign(new Image(), { src: url }); // still loading
      const shown = Object.assign(new Image(), { src: url });
      await shown.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: 6, height: 4 });
      canvas.getContext("2d").drawImage(shown, 0, 0);
      const offscreen = new OffscreenCanvas(6, 4);
      offscreen.getContext("2d").drawImage(shown, 0, 0);
      const blob = await (await fetch(url)).blob();
      const pictures = { img, canvas, offscreen,
        bitmap: await createImageBitmap(shown), frame: new VideoFrame(shown, { timestamp: 0 }),
        pixels: canvas.getContext("2d").getImageData(0, 0, 6, 4),
        file: new File([blob], "a.png"), url };
      const found = {};
      for (const [name, picture] of Object.entries(pictures)) {
        const { image, shape } = await (await data.imageFolder({ a: [picture] })).get(0);
        found[name] = [...shape, ...new Set(image)];
      }
      found.other = await (await data.imageFolder({ a: [{}] })).get(0).catch(({ message }) => message);
      return found;`;
    const found = await run<Record<string, unknown>>(body, [...png]);
    for (const name of ["img", "canvas", "offscreen", "bitmap", "frame", "pixels", "file", "url"]) {
      expect(found[name], name).toEqual([3, 4, 6, ...colour]);
    }
    expect(found.other).toMatch(/^a\/0: .*Failed to execute 'createImageBitmap'/);
  });

  it("may deliver a large picture shrunk", async () => {
    const bytes = await gradient(400, 300).png().toBuffer();
    const options = { target: { width: 50, height: 50 } };
    const there = await decodeInPage(bytes, options);
    const here = await nodePlatform.decodeImage(bytes, options);
    expect([there.width, there.height]).toEqual([200, 150]);
    expect([here.width, here.height]).toEqual([200, 150]);
    expect(largestDifference(there.data, here.data)).toBeLessThanOrEqual(4);
  });

  it("refuses what is no picture", async () => {
    await expect(decodeInPage(Uint8Array.of(1, 2, 3))).rejects.toThrow(
      "not an image this browser can decode, or a damaged one",
    );
  });

  it("says of kinds that it doesn't read what they are", async () => {
    const text = (value: string) => Uint8Array.from(value, (char) => char.charCodeAt(0));
    const kinds: [Uint8Array, string][] = [
      [text("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), "a picture in HEIC: this browser can't"],
      [goldenPicture("float.tif"), "a picture in TIFF: this browser can't decode it"],
      [text('<svg width="9"><use/></svg>'), "a picture in SVG: it is a drawing rather than pixels"],
    ];
    for (const [bytes, message] of kinds)
      await expect(decodeInPage(bytes)).rejects.toThrow(message);
  });
});

describe("the page's cache", () => {
  it("stores, replaces, deletes, and keeps over a reload", async () => {
    const body = `
      const files = await platform().files();
      const put = async (...bytes) => {
        const file = await files.open("a/b?c#d");
        await file.restart(null);
        await file.append(Uint8Array.from(bytes));
        await file.keep();
      };
      await put(1);
      await put(2, 3);
      return [await files.find("a/b"), [...new Uint8Array(await (await files.find("a/b?c#d")).arrayBuffer())]];`;
    expect(await run(body)).toEqual([null, [2, 3]]);
    await page.reload();
    const find = `(await platform().files()).find("a/b?c#d")`;
    expect(await run(`return [...new Uint8Array(await (await ${find}).arrayBuffer())]`)).toEqual([
      2, 3,
    ]);
    await run(`await (await platform().files()).delete("a/b?c#d")`);
    expect(await run(`return await ${find}`)).toBeNull();
  });
});

describe("weights in a page", () => {
  /** A file of which the first tensor, of 8 MB, is never read in a worker. */
  const LOAD = `
    const header = JSON.stringify({
      large: { dtype: "F32", shape: [2097152], data_offsets: [0, 8388608] },
      small: { dtype: "F32", shape: [2], data_offsets: [8388608, 8388616] },
    }).padEnd(200);
    const start = new Uint8Array(208);
    start[0] = 200;
    start.set(new TextEncoder().encode(header), 8);
    const file = new File([start, new Uint8Array(8388608), Float32Array.of(1.5, -2)], "a.bin");
    let read = 0;
    const arrayBuffer = Blob.prototype.arrayBuffer;
    Blob.prototype.arrayBuffer = function () {
      read += this.size;
      return arrayBuffer.call(this);
    };
    const { tensors } = await loadWeights(file);
    return { read, large: tensors.get("large").shape, small: [...tensors.get("small").data()] };`;

  it("come from a File as a whole, in a worker by parts", async () => {
    const values = { large: [2097152], small: [1.5, -2] };
    expect(await run(LOAD)).toEqual({ read: 8388824, ...values });
    const found = await page.evaluate((body) => {
      const code = `import { loadWeights } from "${location.origin}/page.js";
        const load = async () => { ${body} };
        load().then(postMessage, (error) => postMessage(String(error)));`;
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      const worker = new Worker(url, { type: "module" });
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
    }, LOAD);
    expect(found).toEqual({ read: 0, ...values });
  });
});

describe("datasets in a page", () => {
  it("read files by relative URL, gzip too", async () => {
    const body = `
      const set = await data.mnist({ images: "images.gz", labels: "labels" });
      return [[...set.get(1).image], [...set.labels]];`;
    expect(await run(body)).toEqual([
      [3, 4],
      [7, 9],
    ]);
    await expect(run(`await data.cifar10("absent.bin")`)).rejects.toThrow(
      /absent\.bin: the server answered 404/,
    );
  });

  it("make an image folder of a folder input's files", async () => {
    const png = await gradient(8, 8).png().toBuffer();
    const body = `
      const file = (path, bytes) => Object.defineProperty(
        new File([Uint8Array.from(bytes)], path.split("/").at(-1)), "webkitRelativePath", { value: path });
      const files = [file("pets/dog/1.png", input), file("pets/cat/2.png", [0]), file("pets/cat/3.png", input)];
      const set = await data.imageFolder(files, { size: 4, onError: "skip" });
      const { image, shape } = await set.get(1);
      return { classes: set.classes, labels: [...set.labels], shape, image: [...image], skipped: set.skipped };`;
    const found = await run<Record<string, unknown>>(body, [...png]);
    expect(found.classes).toEqual(["cat", "dog"]);
    expect(found.labels).toEqual([0, 1]);
    expect(found.shape).toEqual([3, 4, 4]);
    expect(found.image).toHaveLength(48);
    expect(found.skipped).toEqual([
      {
        what: "image",
        name: "pets/cat/2.png",
        why: "not an image this browser can decode, or a damaged one",
      },
    ]);
  });
});
