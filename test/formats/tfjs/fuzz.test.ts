import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { fuzz } from "../fuzz.ts";
import { memoryFiles } from "../graph_support.ts";
import { layersModel } from "./models.ts";
import { tokenGraphs } from "./token_graphs.ts";

describe("readTfjs on damaged files", () => {
  it("reads 10,000 damaged model.json or refuses them", { timeout: 120_000 }, async () => {
    const { json, shards } = layersModel();
    const read = (bytes: Uint8Array, source: ByteSource) =>
      readTfjs(bytes, {
        ...memoryFiles({ ...shards, "model.json": bytes }, "model.json"),
        name: source.name,
      });
    const report = await fuzz({ seeds: [json], read });
    expect(report.accepted).toBeGreaterThan(200);
    expect(report.refused).toBeGreaterThan(1_000);
  });

  it("reads 1,000 damaged graphs of any axes or refuses them", { timeout: 120_000 }, async () => {
    const [, , make] = tokenGraphs[0]!;
    const { "model.json": json, ...shards } = await make();
    const read = (bytes: Uint8Array, { name }: ByteSource) =>
      readTfjs(bytes, { ...memoryFiles({ ...shards, "model.json": bytes }, "model.json"), name });
    const report = await fuzz({ seeds: [json!], read, runs: 1_000, seed: 3 });
    expect(report.accepted).toBeGreaterThan(20);
    expect(report.refused).toBeGreaterThan(100);
  });

  it("reads 1,000 models with damaged shards or refuses them", { timeout: 120_000 }, async () => {
    const { json, shards } = layersModel();
    const read = (shard: Uint8Array) =>
      readTfjs(json, memoryFiles({ ...shards, "a.bin": shard }, "model.json"));
    const report = await fuzz({ seeds: [shards["a.bin"]], read, runs: 1_000, seed: 2 });
    expect(report.accepted).toBeGreaterThan(100);
  });
});
