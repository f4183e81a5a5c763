/** The studio with more pictures than a page can draw at once. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makePictures, openStudio, pictures, upload } from "./studio_page.ts";
import { longestTask } from "./studio_probe.ts";
import { type Site, visitSite } from "./visit.ts";

const MANY = 3000;

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  await makePictures(join(folder, "photos"), 1);
  site = await visitSite();
});

afterEach(() => site.closePages());
afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("3,000 pictures", () => {
  it("are collected while the page stays usable, and only some of them are drawn", async () => {
    const many = join(folder, "many");
    const [bright, dark] = ["bright", "dark"].map((name) => join(many, name));
    await mkdir(bright!, { recursive: true });
    await mkdir(dark!);
    const [white, black] = await Promise.all([
      readFile(join(folder, "photos/bright/0.png")),
      readFile(join(folder, "photos/dark/0.png")),
    ]);
    for (let i = 0; i < MANY / 2; i++) {
      await writeFile(join(bright!, `${i}.png`), white);
      await writeFile(join(dark!, `${i}.png`), black);
    }
    const { page, errors } = await openStudio(site);
    await upload(page, "folder", many); // for which the browser takes a sixth of a second of the page's
    const longest = await longestTask(page, () => pictures(page, MANY));
    expect(longest).toBeLessThan(250); // milliseconds, of a processor that others share
    expect((await page.$$(".thumbnail")).length).toBe(80);
    await page.reload();
    await pictures(page, MANY);
    expect(errors).toEqual([]);
  });
});
