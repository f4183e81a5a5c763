import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { infoMetadata, labelsText, type NetworkInfo, readInfo } from "../../src/cli/info.ts";
import { CONVENTIONS } from "../../src/models/index.ts";
import { fileOfShapes } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-info-"));
afterAll(() => rmSync(folder, { recursive: true }));

const info: NetworkInfo = {
  architecture: "vgg16",
  top: "linear",
  input: { size: 32, channels: 3, convention: CONVENTIONS.imagenet, resize: "stretch" },
  classes: ["cat", "dog"],
};

describe("what is known about a weight file", () => {
  it("travels in its metadata", () => {
    expect(readInfo(fileOfShapes({}, infoMetadata(info)), "x.safetensors")).toEqual(info);
  });

  it("is found in the labels.json that names it", () => {
    const path = join(folder, "net.pt");
    writeFileSync(join(folder, "labels.json"), labelsText(info, path));
    expect(readInfo(fileOfShapes({}), path)).toEqual(info);
    expect(readInfo(fileOfShapes({}), join(folder, "other.pt"))).toBeNull();
  });

  it("is null for files from elsewhere", () => {
    expect(readInfo(fileOfShapes({}), join(tmpdir(), "nowhere", "net.pt"))).toBeNull();
  });

  it("is refused when damaged", () => {
    const with_ = (graft: string) => () => readInfo(fileOfShapes({}, { graft }), "x.safetensors");
    expect(with_("{")).toThrow("x.safetensors: what it says about the network is no JSON");
    expect(with_('{"architecture":"vgg16"}')).toThrow("is incomplete; pass --arch and --size");
    const bad = JSON.stringify({ ...info, input: { ...info.input, size: -1 } });
    expect(with_(bad)).toThrow("is incomplete");
  });
});
