// A training that goes on for as long as a person leaves the tab open. `GRAFT_MINUTES=30` trains for so long.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  goTo,
  lastRun,
  makePictures,
  openStudio,
  pause,
  pictures,
  startTraining,
  there,
  upload,
} from "./studio_page.ts";
import { type Memory, memoryOf, watchTrainer } from "./studio_probe.ts";
import { type Site, visitSite } from "./visit.ts";

const minutes = Number(process.env.GRAFT_MINUTES ?? 0);

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  await makePictures(join(folder, "photos"), 400);
  site = await visitSite();
});

afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

it.skipIf(minutes < 1)(
  `memory stays flat for minutes of training (GRAFT_MINUTES, ${minutes} here)`,
  { timeout: (minutes + 10) * 60_000 },
  async () => {
    const { page, errors } = await openStudio(site);
    await upload(page, "folder", join(folder, "photos"));
    await pictures(page, 800);
    await goTo(page, "choose");
    await (await there(page, "#train-all"))?.click();
    await goTo(page, "train");
    await page.select("#batch-size", "4");
    await watchTrainer(page);
    await startTraining(page, 500);
    const sizes: Memory[] = [];
    for (let minute = 1; minute <= minutes; minute++) {
      await pause(60_000);
      sizes.push(await memoryOf(page));
      const { state, epochs } = await lastRun(page, () => true);
      expect(state).toBe("running");
      console.log(`minute ${minute}: ${state}, ${epochs.length} epochs,`, sizes.at(-1));
    }
    // The first minute compiles kernels; what is noted of an epoch stays.
    const [first, last] = [sizes[Math.min(1, minutes - 1)]!, sizes.at(-1)!];
    expect(last.gpu - first.gpu).toBeLessThan(1e5);
    expect(last.page - first.page).toBeLessThan(2e6);
    expect(last.worker - first.worker).toBeLessThan(2e6);
    expect(errors).toEqual([]);
  },
);
