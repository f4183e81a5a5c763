/** What goes wrong in the studio is answered in place, and nothing collected is lost. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../import_graph.ts";
import {
  fill,
  goTo,
  keptProject,
  makePictures,
  openStudio,
  pause,
  pictures,
  there,
  upload,
} from "./studio_page.ts";
import { type Place, type Site, text, visitSite } from "./visit.ts";

const ODD = "<img src=x onerror=document.title='!'>";

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  await makePictures(join(folder, "photos"), 6);
  site = await visitSite({
    args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
});

afterEach(() => site.closePages());
afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A text of 200 MB under several names. */
async function makeHuge(...paths: string[]): Promise<void> {
  const [path, ...others] = paths;
  const file = await open(path!, "w");
  const text = Buffer.alloc(1e6, "no picture and no weights\n");
  for (let i = 0; i < 200; i++) await file.write(text);
  await file.close();
  for (const other of others) await symlink(path!, other);
}

/** A JPEG whose tables are overwritten. */
async function tornJpeg(): Promise<Buffer> {
  const create = { width: 64, height: 64, channels: 3, background: "red" } as const;
  const bytes = await sharp({ create }).jpeg().toBuffer();
  return bytes.fill(0x5a, 20);
}

/** Pictures that can't be compressed, some 500 KB each. */
async function makeNoise(at: string, count: number): Promise<void> {
  await mkdir(at, { recursive: true });
  const raw = { width: 400, height: 400, channels: 3 } as const;
  for (let i = 0; i < count; i++) {
    await sharp(randomBytes(3 * 400 * 400), { raw })
      .png()
      .toFile(join(at, `${i}.png`));
  }
}

async function openWithPhotos(place: Place = site) {
  const visit = await openStudio(place);
  visit.page.on("dialog", (dialog) => void dialog.accept());
  await upload(visit.page, "folder", join(folder, "photos"));
  await pictures(visit.page, 12);
  return visit;
}

async function startOver(page: Page): Promise<void> {
  await goTo(page, "takeAway");
  await page.click("#start-over");
  await pictures(page, 0);
  while ((await keptProject(page))?.pictures.length !== 0) await pause(100); // or the next test finds the old ones
  await page.close();
}

describe("files that are none", () => {
  it("are named where they are", async () => {
    const odd = join(folder, "odd", ODD);
    await mkdir(odd, { recursive: true });
    await writeFile(join(odd, "torn.jpg"), await tornJpeg());
    await writeFile(join(odd, "one.png"), await readFile(join(folder, "photos/dark/0.png")));
    await makeHuge(join(odd, "huge.jpg"), join(folder, "huge.safetensors"));
    const letters = await readFile(join(repository, "assets/letters.safetensors"));
    await writeFile(join(folder, "half.safetensors"), letters.subarray(0, letters.length / 2));

    const { page, errors } = await openWithPhotos();
    await upload(page, "folder", join(folder, "odd"));
    await pictures(page, 13);
    await page.waitForFunction(() => document.querySelectorAll(".thumbnail.broken").length === 2);
    const broken = await page.$$eval(".thumbnail.broken", (found) =>
      found.map(({ textContent }) => textContent),
    );
    expect(broken.sort().map((line) => line?.split(":")[0])).toEqual(["huge.jpg", "torn.jpg"]);
    expect(broken[0]).toContain("can't be decoded");
    expect(await text(page, ".obstacles")).toContain(`At least four pictures a class`);
    expect(await text(page, ".obstacles")).toContain(ODD);
    expect(await page.title()).not.toBe("!");

    await goTo(page, "choose");
    for (const name of ["half.safetensors", "huge.safetensors"]) {
      await upload(page, "weights", join(folder, name));
      await page.waitForFunction(
        (wanted: string) =>
          document.querySelector("#weights-refused")?.textContent?.includes(wanted),
        {},
        name,
      );
      await there(page, "#facts"); // of the network that was chosen before, and is still
    }
    await goTo(page, "takeAway");
    await upload(page, "open-project", join(folder, "half.safetensors"));
    await page.waitForSelector(".notice.bad");
    await goTo(page, "collect");
    await pictures(page, 13);
    expect(errors).toEqual([]);
    await startOver(page);
  });
});

describe("a browser's storage that is full", () => {
  it("keeps what it has, and what came since is there until the tab is closed", async () => {
    const context = await site.browser.createBrowserContext();
    const session = await (await context.newPage()).createCDPSession();
    const origin = new URL(site.url).origin;
    // Before anything is kept: the browser looks after its storage twice a minute at most.
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 2e6 });
    const { page, errors } = await openWithPhotos({ url: site.url, browser: context });
    await makeNoise(join(folder, "noise"), 8);
    await upload(page, "folder", join(folder, "noise"));
    await pictures(page, 20);
    expect(await text(page, ".notices")).toContain("no room");
    await goTo(page, "train");
    await fill(page, "#epochs", "1");
    await there(page, "#start:not(:disabled)");
    await page.click("#start");
    await page.waitForFunction(() =>
      document.querySelector("#runs")?.textContent?.includes("done"),
    );
    await page.reload();
    await goTo(page, "collect");
    await pictures(page, 12);
    await page.waitForFunction(() => document.querySelectorAll(".thumbnail img").length === 12);
    expect(errors).toEqual([]);
    await context.close();
  });
});

describe("a second tab", () => {
  it("says so, and leaves the first one's project alone", async () => {
    const first = await openWithPhotos();
    const { page, errors } = await openStudio(site);
    expect(await text(page, ".notice")).toMatch(/another tab/i);
    await upload(page, "folder", join(folder, "photos/dark"));
    await pictures(page, 6);
    expect((await keptProject(page))?.pictures).toHaveLength(12);
    await page.close();
    await first.page.reload();
    await pictures(first.page, 12);
    expect([...errors, ...first.errors]).toEqual([]);
    await startOver(first.page);
  });
});

describe("a camera", () => {
  it("that is unplugged, or isn't there, is spoken of, and what it recorded is kept", async () => {
    const { page, errors } = await openStudio(site);
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const get = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await get(wanted);
        const [track] = stream.getTracks();
        // A track that ends by itself, which no page can bring about.
        addEventListener("unplug", () => {
          track!.stop();
          track!.dispatchEvent(new Event("ended"));
        });
        return stream;
      };
    });
    const camera = '.class-card button[aria-pressed="false"]';
    await page.click(camera);
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    const record = await there(page, ".record:not(:disabled)");
    await record?.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(".thumbnail");
    await page.evaluate(() => void dispatchEvent(new Event("unplug")));
    await page.waitForSelector(".camera .notice.bad");
    expect(await text(page, ".camera .notice.bad")).toContain("What was recorded is kept");
    expect(await page.$(".record:disabled")).not.toBe(null);
    const recorded = (await page.$$(".thumbnail")).length;

    await page.click('.class-card button[aria-pressed="true"]');
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("Could not start video source", "NotReadableError"));
    });
    await page.click(camera);
    await page.waitForSelector(".camera .notice.bad");
    expect(await text(page, ".camera .notice.bad")).toContain("Could not start video source");
    expect((await page.$$(".thumbnail")).length).toBeGreaterThanOrEqual(recorded);
    expect(errors).toEqual([]);
    await page.close();
  });
});
