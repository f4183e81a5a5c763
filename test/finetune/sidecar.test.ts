import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { labelsPath, labelsText, readInfo } from "../../src/finetune/network/sidecar.ts";
import { CONVENTIONS } from "../../src/models/index.ts";
import { type NetworkInfo, networkMetadata } from "../../src/transfer/index.ts";
import "../../src/node.ts";
import { fileOfShapes } from "../models/files.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-info-"));
afterAll(() => rmSync(folder, { recursive: true }));

const info: NetworkInfo = {
  architecture: "vgg16",
  top: "linear",
  input: { size: 32, channels: 3, ...CONVENTIONS.imagenet, resize: "stretch", antialias: true },
  classes: ["cat", "dog"],
};

describe("what is known about a weight file", () => {
  const files = [fileOfShapes({}), fileOfShapes({}, networkMetadata(info))];

  it("travels in its metadata", async () => {
    expect(await readInfo(files[1], "x.safetensors")).toEqual(info);
    expect(await readInfo(files[1], null)).toEqual(info);
  });

  it("is found in the labels beside it that have its name", async () => {
    const [path, other] = [join(folder, "net.pt"), join(folder, "net.onnx")];
    expect(labelsPath(path)).toBe(join(folder, "net.pt.labels.json"));
    expect(labelsPath(join(folder, "net.safetensors"))).toBe(join(folder, "net.labels.json"));
    writeFileSync(labelsPath(path), labelsText(info, path));
    writeFileSync(labelsPath(other), labelsText({ ...info, classes: ["a", "b"] }, other));
    expect(await readInfo(files[0], path)).toEqual(info);
    expect((await readInfo(files[0], other))?.classes).toEqual(["a", "b"]);
    expect(await readInfo(files[0], join(folder, "third.pt"))).toBeNull();
  });

  it("is found in the labels.json of earlier versions, if that names it", async () => {
    const path = join(folder, "old.pt");
    writeFileSync(join(folder, "labels.json"), labelsText(info, path));
    expect(await readInfo(files[0], path)).toEqual(info);
    expect(await readInfo(files[0], join(folder, "other.pt"))).toBeNull();
  });

  it("is null for files from elsewhere", async () => {
    expect(await readInfo(files[0], join(tmpdir(), "nowhere", "net.pt"))).toBeNull();
  });

  it("is refused when damaged", async () => {
    const reading = (graft: string) => readInfo(fileOfShapes({}, { graft }), "x.safetensors");
    await expect(reading("{")).rejects.toThrow(
      "x.safetensors: what it says about the network is no JSON",
    );
    await expect(reading('{"architecture":"vgg16"}')).rejects.toThrow(
      "is incomplete; name the network and its size",
    );
    const bad = JSON.stringify({ ...info, input: { size: -1 } });
    await expect(reading(bad)).rejects.toThrow("is incomplete");
  });
});
