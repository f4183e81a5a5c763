import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  loadWeights,
  saveBytes,
  saveNpz,
  savePytorch,
  saveSafetensors,
} from "../../src/formats/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { mistyped } from "../mistyped.ts";

const previous = setPlatform(nodePlatform);
const folder = mkdtempSync(join(tmpdir(), "graft-save-"));
afterAll(() => {
  setPlatform(previous);
  rmSync(folder, { recursive: true });
});

/** Like a Tensor on the GPU: its values come later. */
const later = (values: number[], dtype: "f32" | "i32" = "f32") => ({
  shape: [values.length],
  dtype,
  data: async () => (dtype === "f32" ? Float32Array.from(values) : Int32Array.from(values)),
});
const dict = { "conv.weight": later([1.5, -0.1]), steps: later([7], "i32") };

describe.each([
  ["saveSafetensors", saveSafetensors, "safetensors"],
  ["savePytorch", savePytorch, "pytorch"],
  ["saveNpz", saveNpz, "npz"],
] as const)("%s", (_, save, format) => {
  it("gives bytes that load again", async () => {
    const file = await loadWeights(await save(dict));
    expect(file.format).toBe(format);
    expect([...file.tensors.keys()]).toEqual(["conv.weight", "steps"]);
    expect(file.tensors.get("conv.weight")?.data()).toEqual(Float32Array.of(1.5, -0.1));
    expect(file.tensors.get("steps")?.data()).toEqual(Int32Array.of(7));
  });

  it("writes to a path, given alone or as an option", async () => {
    const path = join(folder, `model.${format}`);
    const bytes = await save(dict, { path });
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    await save({}, path);
    expect((await loadWeights(await save(dict, path))).tensors.size).toBe(2);
  });

  it("stores floats as f16 when asked, and takes a loaded file's tensors", async () => {
    const half = await loadWeights(await save(dict, { dtype: "f16" }));
    const again = await loadWeights(await save(half.tensors));
    expect(again.tensors.get("conv.weight")?.dtype).toBe("f16");
    expect(again.tensors.get("conv.weight")?.data()[1]).toBeCloseTo(-0.1, 3);
    expect(again.tensors.get("steps")?.dtype).toBe("i32");
  });

  it("refuses what is no tensor, and unknown options", async () => {
    await expect(save(mistyped({ a: 5 }))).rejects.toThrow(
      'tensor "a": it is no tensor. Pass a stateDict()',
    );
    await expect(save(dict, mistyped({ file: "x" }))).rejects.toThrow('unknown option "file"');
  });
});

it.each([
  ["saveSafetensors", saveSafetensors],
  ["savePytorch", savePytorch],
] as const)("%s keeps metadata", async (_, save) => {
  const metadata = { arch: "vgg16", ü: "zwei\nZeilen" };
  const file = await loadWeights(await save(dict, { metadata }));
  expect({ ...file.metadata }).toEqual(metadata);
  expect(file.tensors.size).toBe(2);
});

describe("saveBytes", () => {
  it("leaves the old file whole when it fails, and nothing else behind", async () => {
    const path = join(folder, "blocked");
    rmSync(path, { recursive: true, force: true });
    writeFileSync(join(folder, "old.bin"), "old");
    await expect(saveBytes(new Uint8Array(1), join(folder, "old.bin", "x"))).rejects.toThrow(
      "can't write",
    );
    await expect(saveBytes(new Uint8Array(1), join(folder, "none", "x"))).rejects.toThrow(
      "no such file or folder",
    );
    expect(readFileSync(join(folder, "old.bin"), "utf8")).toBe("old");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("leaves the old file whole when the tensors can't be written", async () => {
    const path = join(folder, "kept.safetensors");
    await saveSafetensors(dict, path);
    const before = readFileSync(path);
    const broken = { ...dict, bad: { ...later([1]), shape: [2] } };
    await expect(saveSafetensors(broken, path)).rejects.toThrow(
      "[2] is 2 elements, and 1 are given",
    );
    expect(readFileSync(path)).toEqual(before);
  });
});
