/** A person in the studio: photos, a network of their own, training, a reload, what comes out of it. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadWeights } from "../../src/formats/index.ts";
import { sharedData } from "../shared_data.ts";
import { download, fill, goTo, openStudio, pictures, there, upload } from "./studio_page.ts";
import { type Site, text, visitSite } from "./visit.ts";

const photos = sharedData("photos_ants_bees");
const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  site = await visitSite();
});

afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!photos || !mobilenet)("photos and a network from files", () => {
  it("train a head that knows them, which is found again after a reload and read elsewhere", async () => {
    const { page, errors } = await openStudio(site);
    await upload(page, "folder", photos!);
    await pictures(page, 130);
    const names = await page.$$eval(".class-head input", (inputs) =>
      inputs.map(({ value }) => value),
    );
    expect(names.sort()).toEqual(["ants", "bees"]);

    await goTo(page, "choose");
    const files = (await readdir(mobilenet!)).filter((name) => name !== "SOURCE.txt");
    await upload(page, "weights", ...files.map((name) => join(mobilenet!, name)));
    await page.waitForFunction(
      () => document.querySelector("#facts")?.textContent?.includes("mobilenet_v1"),
      {
        timeout: 60_000,
      },
    );
    expect(await page.$$eval(".layers tbody tr", (rows) => rows.length)).toBeGreaterThan(25);

    await goTo(page, "train");
    await fill(page, "#epochs", "8");
    await there(page, "#start:not(:disabled)");
    await page.click("#start");
    await there(page, "#progress");
    await page.waitForFunction(
      () => document.querySelector("#runs")?.textContent?.includes("done"),
      {
        timeout: 150_000,
      },
    );

    await new Promise((done) => setTimeout(done, 500)); // the project is written a moment after it changed
    await page.reload();
    await there(page, ".steps");
    await goTo(page, "understand");
    await there(page, "#accuracy");
    const accuracy = Number.parseFloat(await text(page, "#accuracy"));
    expect(accuracy).toBeGreaterThanOrEqual(85);
    expect(await page.$$eval("#confusion tbody tr", (rows) => rows.length)).toBe(2);
    await there(page, "#try");
    const [ant] = await readdir(join(photos!, "val/ants"));
    await upload(page, "picture", join(photos!, "val/ants", ant));
    await there(page, "#ranking");
    expect(await page.$$eval("#ranking li", (rows) => rows.length)).toBe(2);

    await goTo(page, "takeAway");
    const h5 = await loadWeights(
      await download(page, "#save-h5:not(:disabled)", join(folder, "h5"), "model.h5"),
    );
    expect([...h5.tensors.keys()].length).toBeGreaterThan(25);
    expect(errors).toEqual([]);
    await page.close();
  });
});
