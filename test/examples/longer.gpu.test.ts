/** The examples that train a network from scratch, those in several threads, and those on photos. */
import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serveFolders } from "../../tools/static_server.ts";
import { sharedData } from "../shared_data.ts";
import { accuracyIn, folder, fromScratch, least, run, runInFolder } from "./example.ts";

runInFolder();

describe("from scratch", { timeout: 600_000 }, () => {
  it.each(fromScratch)("%s reaches its figure on data that it draws", async (name) => {
    const printed = await run(name);
    expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(least[name]);
  });
});

describe("federated training", { timeout: 600_000 }, () => {
  it("teaches a network by clients in worker threads, over sockets", async () => {
    const printed = await run("federated/main");
    expect(printed.match(/^round \d, 3 clients$/gm), printed).toHaveLength(4);
    expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(60);
  });
});

const photos = sharedData("photos_ants_bees/train");
const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");

/** Weights by name come from a mirror on this machine. */
async function withMirror<T>(weights: string, work: (mirror: string) => Promise<T>): Promise<T> {
  const mirrored = join(folder, "mirror/mobilenet_v1_0.25");
  mkdirSync(mirrored, { recursive: true });
  for (const file of readdirSync(weights)) {
    const name = file.replace(/^mobilenet_model/, "model");
    symlinkSync(join(weights, file), join(mirrored, name));
  }
  const server = await serveFolders({ "/": join(folder, "mirror") });
  try {
    return await work(server.url);
  } finally {
    await server.close();
    rmSync(mirrored, { recursive: true });
  }
}

describe.skipIf(!photos || !mobilenet)("with photos", { timeout: 600_000 }, () => {
  it.each(["features_only", "fine_tune_folder"])("%s tells ants from bees", (name) =>
    withMirror(mobilenet!, async (mirror) => {
      const env = { GRAFT_MIRROR: mirror, GRAFT_CACHE: join(folder, "cache") };
      const printed = await run(name, [photos!], env);
      expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(80);
    }),
  );
});
