// What a page shows as pictures for datasets and predictions; of a <video> both a file that the page recorded and a stream.
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";

let folder: string;
let server: StaticServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-pictures-"));
  const entries = { page: 'export { data, init, loadNetwork } from "./src/index.ts";' };
  await writePage(folder, await bundlePage({ entries }));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  await copyFile("assets/letters.safetensors", join(folder, "letters.safetensors"));
  server = await serveFolders({ "/": folder });
  const args = ["--autoplay-policy=no-user-gesture-required"];
  browser = await launchChromium({ adapter: adapterChoice(), args });
  page = await browser.newPage();
  await page.goto(new URL("index.html", server.url).href);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A canvas of one colour, what it shows as a stream, and a <video> that plays one or a recording of it. */
const STAGE = `
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const context = canvas.getContext("2d");
  const fill = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 64, 48);
  };
  const video = Object.assign(document.createElement("video"), { muted: true });
  const shown = () => new Promise((done) => video.requestVideoFrameCallback(done));
  /** Frames come only as long as something is drawn. */
  const drawing = (draw) => {
    const timer = setInterval(draw, 30);
    return () => clearInterval(timer);
  };
  const stream = async (colour) => {
    const stop = drawing(() => fill(colour));
    video.srcObject ??= canvas.captureStream(30);
    await video.play();
    await shown();
    await shown(); // the first may be of the colour before
    stop();
  };
  const record = async (colour) => {
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm;codecs=vp8" });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stop = drawing(() => fill(colour));
    recorder.start();
    await new Promise((done) => setTimeout(done, 400));
    const ended = new Promise((done) => (recorder.onstop = done));
    recorder.stop();
    stop();
    await ended;
    const loaded = new Promise((done, fail) => Object.assign(video, { onloadeddata: done, onerror: fail }));
    video.src = URL.createObjectURL(new Blob(parts, { type: "video/webm" }));
    await loaded;
  };
  /** Shape and mean colour of what a dataset makes of it. */
  const seen = async (picture) => {
    const { image, shape } = await (await data.imageFolder({ a: [picture] })).get(0);
    const size = image.length / 3;
    const means = [0, 1, 2].map((c) => image.slice(c * size, (c + 1) * size).reduce((a, b) => a + b, 0) / size);
    return { shape: [...shape], means };
  };`;

async function run<T>(body: string): Promise<T> {
  const script = `import("/page.js").then(async ({ data, init, loadNetwork }) => { ${STAGE} ${body} })`;
  return (await page.evaluate(script)) as T;
}

interface Seen {
  readonly shape: number[];
  readonly means: number[];
}

/** Videos keep brightness and colour by rules of their own: a few steps off is the same colour. */
function expectColour({ shape, means }: Seen, colour: readonly number[]): void {
  expect(shape).toEqual([3, 48, 64]);
  means.forEach((mean, i) => {
    expect(Math.abs(mean - colour[i]), `${means} for ${colour}`).toBeLessThan(8);
  });
}

describe("a <video>", { timeout: 120_000 }, () => {
  it("that plays a recording is a picture of it", async () => {
    const found = await run<Seen>(`
      await record("rgb(200, 100, 50)");
      return seen(video);`);
    expectColour(found, [200, 100, 50]);
  });

  it("of a stream is a picture of its present frame", async () => {
    const [first, then] = await run<Seen[]>(`
      await stream("rgb(200, 100, 50)");
      const first = await seen(video);
      await stream("rgb(40, 60, 220)");
      return [first, await seen(video)];`);
    expectColour(first, [200, 100, 50]);
    expectColour(then, [40, 60, 220]);
  });

  it("is predicted from as the canvas that it shows is", async () => {
    const [fromVideo, fromCanvas] = await run<{ name: string; probability: number }[]>(`
      await init();
      const network = await loadNetwork("/letters.safetensors");
      const letter = () => {
        fill("white");
        context.fillStyle = "black";
        context.font = "bold 44px sans-serif";
        context.fillText("T", 18, 40);
      };
      const stop = drawing(letter);
      video.srcObject = canvas.captureStream(30);
      await video.play();
      await shown();
      await shown();
      stop();
      const found = await network.predict([video, canvas]);
      return found.map(({ name, probability }) => ({ name, probability }));`);
    expect(fromVideo.name).toBe(fromCanvas.name);
    expect(fromVideo.probability).toBeCloseTo(fromCanvas.probability, 1);
  });

  it("that has no frame yet says what to wait for", async () => {
    const message = await run<string>(`return seen(video).catch(({ message }) => message);`);
    expect(message).toBe(
      'a/0: the <video> has no frame yet: wait for its "loadeddata" event first',
    );
  });
});

describe("whatever a page shows", () => {
  it("is predicted from alike", { timeout: 120_000 }, async () => {
    const found = await run<Record<string, [string, number]>>(`
      await init();
      const network = await loadNetwork("/letters.safetensors");
      fill("white");
      context.fillStyle = "black";
      context.font = "bold 44px sans-serif";
      context.fillText("T", 18, 40);
      const blob = await new Promise((done) => canvas.toBlob(done));
      const url = URL.createObjectURL(blob);
      const image = () => Object.assign(new Image(), { src: url });
      const loaded = image();
      await loaded.decode();
      const offscreen = new OffscreenCanvas(64, 48);
      offscreen.getContext("2d").drawImage(canvas, 0, 0);
      const pictures = {
        canvas, loaded, offscreen, blob, url, loading: image(), file: new File([blob], "t.png"),
        data: canvas.toDataURL(), pixels: context.getImageData(0, 0, 64, 48),
        bitmap: await createImageBitmap(canvas), frame: new VideoFrame(canvas, { timestamp: 0 }),
      };
      const found = {};
      for (const [kind, picture] of Object.entries(pictures)) {
        const [{ name, probability }] = await network.predict(picture);
        found[kind] = [name, probability];
      }
      return found;`);
    const { canvas, ...others } = found;
    expect(canvas[0]).toMatch(/^.$/);
    expect(Object.keys(others)).toHaveLength(10);
    for (const [kind, [name, probability]] of Object.entries(others)) {
      expect(name, kind).toBe(canvas[0]);
      expect(probability, kind).toBeCloseTo(canvas[1], 3);
    }
  });
});
