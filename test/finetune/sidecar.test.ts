import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { labelsPath, labelsText } from "../../src/finetune/network/sidecar.ts";
import { loadWeights, saveNpz, saveSafetensors } from "../../src/formats/index.ts";
import { CONVENTIONS } from "../../src/models/index.ts";
import { type NetworkInfo, networkInfoIn, networkMetadata } from "../../src/transfer/index.ts";
import "../../src/node.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-info-"));
afterAll(() => rmSync(folder, { recursive: true }));

const info: NetworkInfo = {
  architecture: "vgg16",
  top: "linear",
  input: { size: 32, channels: 3, ...CONVENTIONS.imagenet, resize: "stretch", antialias: true },
  classes: ["cat", "dog"],
};

const tensors = {
  w: { shape: [2], dtype: "f32" as const, data: () => Float32Array.of(1, 2) },
};

/** What is known of a file of that name, written without texts. */
async function readInfo(path: string) {
  if (path.endsWith(".npz")) await saveNpz(tensors, path);
  else await saveSafetensors(tensors, path);
  return networkInfoIn((await loadWeights(path)).metadata, path);
}

describe("what is known about a weight file", () => {
  it("travels in its metadata", async () => {
    const bytes = await saveSafetensors(tensors, { metadata: networkMetadata(info) });
    expect(networkInfoIn((await loadWeights(bytes)).metadata, "x.safetensors")).toEqual(info);
  });

  it("is found in the labels beside it that have its name", async () => {
    const [path, other] = [join(folder, "net.npz"), join(folder, "net.safetensors")];
    expect(labelsPath(path)).toBe(join(folder, "net.npz.labels.json"));
    expect(labelsPath(other)).toBe(join(folder, "net.labels.json"));
    writeFileSync(labelsPath(path), labelsText(info, path));
    writeFileSync(labelsPath(other), labelsText({ ...info, classes: ["a", "b"] }, other));
    expect(await readInfo(path)).toEqual(info);
    expect((await readInfo(other))?.classes).toEqual(["a", "b"]);
    expect(await readInfo(join(folder, "third.npz"))).toBeNull();
    const files = { "net.npz": await saveNpz(tensors), "net.npz.labels.json": labelsBytes() };
    expect(networkInfoIn((await loadWeights(files)).metadata, "net.npz")).toEqual(info);
  });

  it("is found in the labels.json of earlier versions, if that names it", async () => {
    const path = join(folder, "old.npz");
    writeFileSync(join(folder, "labels.json"), labelsText(info, path));
    expect(await readInfo(path)).toEqual(info);
    expect(await readInfo(join(folder, "other.npz"))).toBeNull();
  });

  it("is refused when damaged", () => {
    const reading = (graft: string) => () => networkInfoIn({ graft }, "x.safetensors");
    expect(reading("{")).toThrow("x.safetensors: what it says about the network is no JSON");
    expect(reading('{"architecture":"vgg16"}')).toThrow(
      "is incomplete; name the network and its size",
    );
    const bad = JSON.stringify({ ...info, input: { size: -1 } });
    expect(reading(bad)).toThrow("is incomplete");
  });
});

const labelsBytes = () => new TextEncoder().encode(labelsText(info, "net.npz"));
