/** The bench's figure for the download counts what a browser fetches to train a VGG: a real page tells. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  installGraft,
  neededFiles,
  sources,
  whileTraining,
} from "../../bench/run/download_size.ts";
import { bundlePage, type PageFile, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { serveFolders } from "../../tools/static_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";

/** A step of Adam on a VGG-16 whose convolutions are frozen, and a validation. */
const TRAIN = `(async () => {
  const device = await init();
  const model = vgg16({ numClasses: 2, inputSize: 32 });
  model.features.requiresGrad_(false);
  const trainable = model.parameters().filter((parameter) => parameter.requiresGrad);
  const trainer = new Trainer({ model, optimizer: new Adam(trainable, { lr: 1e-4 }) });
  const example = (label) => ({ image: new Float32Array(3 * 32 * 32).fill(label), shape: [3, 32, 32], label });
  const dataset = { length: 2, classes: ["a", "b"], get: example };
  const seen = [];
  for await (const event of trainer.fit(dataset, { epochs: 1, batchSize: 2, validation: dataset }))
    seen.push(event.type);
  const { vendor, architecture, description } = device.info;
  return { seen, adapter: [vendor, architecture, description].join(" ") };
})()`;

let folder: string;
let files: PageFile[];
beforeAll(async () => {
  folder = await installGraft();
  files = await bundlePage({ root: folder, entries: { page: sources.graft }, forPage: true });
  await writePage(folder, files);
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><script type="module" src="page.js"></script>',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("a page fetches the files that are counted, and no others", async () => {
  const server = await serveFolders({ "/": folder });
  const browser = await launchChromium({ adapter: adapterChoice() });
  try {
    const page = await browser.newPage();
    const fetched = new Set<string>();
    page.on("request", (request) => {
      const name = new URL(request.url()).pathname.slice(1);
      if (name.endsWith(".js")) fetched.add(name);
    });
    await page.goto(new URL("index.html", server.url).href, { waitUntil: "load" });
    const { seen, adapter } = (await page.evaluate(TRAIN)) as { seen: string[]; adapter: string };
    expect(seen).toEqual(expect.arrayContaining(["step", "epoch", "checkpoint"]));
    const software = /swiftshader|llvmpipe|lavapipe|software/i.test(adapter);
    const names = [...whileTraining.always, ...(software ? whileTraining.software : [])];
    const counted = neededFiles(files, names).map(({ fileName }) => fileName);
    expect([...fetched].sort()).toEqual(counted.sort());
  } finally {
    await browser.close();
    await server.close();
  }
});
