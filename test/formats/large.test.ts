// Large files in Node are read in parts: also those of more than 2 GiB, which can't be read at once.
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { loadWeights, saveNpz, savePytorch, saveSafetensors } from "../../src/formats/index.ts";
import { writeKerasH5 } from "../../src/formats/keras/write/h5.ts";
import { writeOnnx } from "../../src/formats/onnx/write/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { Sketch } from "./graph_samples.ts";
import * as pickled from "./pickle.ts";
import { legacy } from "./pytorch/checkpoints.ts";

const previous = setPlatform(nodePlatform);
const folder = mkdtempSync(join(tmpdir(), "graft-large-"));
afterAll(() => {
  setPlatform(previous);
  rmSync(folder, { recursive: true });
});

afterEach(() => void vi.restoreAllMocks());

const GAP = 2 ** 31 + 4096;

/** A file whose first tensor is a hole of more than 2 GiB, which takes no room on the disk. */
function sparse(path: string): void {
  const header = JSON.stringify({
    hole: { dtype: "U8", shape: [GAP], data_offsets: [0, GAP] },
    behind: { dtype: "F32", shape: [2, 2], data_offsets: [GAP, GAP + 16] },
  }).padEnd(248);
  const file = openSync(path, "w");
  const start = new Uint8Array(8 + 248);
  new DataView(start.buffer).setBigUint64(0, 248n, true);
  start.set(new TextEncoder().encode(header), 8);
  writeSync(file, start);
  ftruncateSync(file, start.length + GAP + 16);
  writeSync(file, new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 0, 16, start.length + GAP);
  closeSync(file);
}

/** 6 MiB in one tensor, and one behind it. */
function dict() {
  const large = Float32Array.from({ length: 1_500_000 }, (_, i) => Math.sin(i));
  const small = Float32Array.of(0.5, -1, 2);
  const tensor = (data: Float32Array) => ({
    shape: [data.length],
    dtype: "f32" as const,
    data: () => data,
  });
  return { large: tensor(large), small: tensor(small) };
}

/** What `torch.save` wrote before 1.6: pickles, and behind them a count and the elements of each storage. */
function oldCheckpoint(...arrays: readonly Float32Array[]): Uint8Array {
  const tensors = arrays.map((data, i) =>
    pickled.tensor(pickled.storage("FloatStorage", `${i}`, data.length), 0, [data.length], [1]),
  );
  const value = pickled.dict(...tensors.map((tensor, i) => [`t${i}`, tensor] as const));
  const keys = [pickled.EMPTY_LIST, arrays.map((_, i) => [pickled.text(`${i}`), pickled.APPEND])];
  const storages = arrays.flatMap((data) => [
    new Uint8Array(BigUint64Array.of(BigInt(data.length)).buffer),
    new Uint8Array(data.buffer),
  ]);
  return Buffer.concat([legacy(value, keys, []), ...storages]);
}

describe("large files", () => {
  it("are read beyond 2 GiB, and nothing but the tensor asked for", async () => {
    const path = join(folder, "sparse.safetensors");
    sparse(path);
    const before = process.memoryUsage().arrayBuffers;
    const file = await loadWeights(path);
    expect(file.tensors.get("hole")!.shape).toEqual([GAP]);
    expect(file.tensors.get("behind")!.data()).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    rmSync(path);
  });

  it.each([
    ["safetensors", saveSafetensors],
    ["pt", savePytorch],
    ["npz", saveNpz],
  ] as const)(
    "of format %s give the same as their bytes, also from another folder",
    async (ending, save) => {
      const path = join(folder, `model.${ending}`);
      const bytes = await save(dict(), path);
      const [file, expected] = [await loadWeights(relative(".", path)), await loadWeights(bytes)];
      vi.spyOn(process, "cwd").mockReturnValue("/");
      expect([...file.tensors.keys()]).toEqual([...expected.tensors.keys()]);
      for (const [name, tensor] of file.tensors) {
        const [found, wanted] = [tensor.data(), expected.tensors.get(name)!.data()];
        expect(
          Buffer.compare(
            Buffer.from(found.buffer, found.byteOffset, found.byteLength),
            Buffer.from(wanted.buffer, wanted.byteOffset, wanted.byteLength),
          ),
        ).toBe(0);
      }
    },
  );

  it("of Keras give the same as their bytes", async () => {
    const s = new Sketch([3, 9, 9]);
    s.conv("conv", "input", 3, 400, { kernelSize: [3, 3] });
    s.conv("wide", "conv", 400, 400, { kernelSize: [3, 3] });
    const bytes = writeKerasH5(s.finish(["wide"]), s.weights);
    expect(bytes.length).toBeGreaterThan(5e6);
    const path = join(folder, "model.h5");
    writeFileSync(path, bytes);
    const [file, expected] = [await loadWeights(path), await loadWeights(bytes)];
    expect(file.graph).toEqual(expected.graph);
    for (const name of expected.tensors.keys()) {
      const [found, wanted] = [file, expected].map(({ tensors }) => tensors.get(name)!.data());
      expect((found as Float32Array).every((value, i) => value === wanted![i])).toBe(true);
    }
  });

  it("of ONNX and of PyTorch's old format give the same as their bytes", async () => {
    const s = new Sketch([3, 9, 9]);
    s.conv("conv", "input", 3, 400, { kernelSize: [3, 3] });
    s.conv("wide", "conv", 400, 400, { kernelSize: [3, 3] });
    const { large, small } = dict();
    const files: Record<string, Uint8Array> = {
      "model.onnx": await writeOnnx(s.finish(["wide"]), s.weights),
      "model.pth": oldCheckpoint(large.data(), small.data()),
    };
    for (const [name, bytes] of Object.entries(files)) {
      expect(bytes.length).toBeGreaterThan(5e6);
      const path = join(folder, name);
      writeFileSync(path, bytes);
      const held = process.memoryUsage().arrayBuffers;
      const [file, expected] = [await loadWeights(path), await loadWeights(bytes)];
      expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(2 ** 21);
      expect(file.graph).toEqual(expected.graph);
      expect(file.tensors.size).toBe(expected.tensors.size);
      for (const key of expected.tensors.keys()) {
        const [found, wanted] = [file, expected].map(({ tensors }) => tensors.get(key)!.data());
        expect(found!.length).toBe(wanted!.length);
        expect((found as Float32Array).every((value, i) => value === wanted![i])).toBe(true);
      }
    }
  });

  it.runIf(existsSync("/proc/self/fd"))("stay open for nobody: 300 of them at a time", async () => {
    const path = join(folder, "one of many.safetensors");
    await saveSafetensors(dict(), path);
    const before = readdirSync("/proc/self/fd").length;
    const files = await Promise.all(Array.from({ length: 300 }, () => loadWeights(path)));
    for (const file of files) expect(file.tensors.get("small")!.data()).toHaveLength(3);
    expect(readdirSync("/proc/self/fd").length).toBeLessThan(before + 20);
  });

  it("say so when another file took their place, or they are gone", async () => {
    const path = join(folder, "replaced.safetensors");
    await saveSafetensors(dict(), path);
    const file = await loadWeights(path);
    await saveSafetensors(dict(), path);
    expect(() => file.tensors.get("small")!.data()).toThrow(/it was changed since it was opened/);
    rmSync(path);
    expect(() => file.tensors.get("small")!.data()).toThrow(
      /replaced\.safetensors: no such file or folder|can't read: no such file or folder/,
    );
  });

  it("say so when they were changed meanwhile", async () => {
    const path = join(folder, "changed.safetensors");
    await saveSafetensors(dict(), path);
    const file = await loadWeights(path);
    utimesSync(path, 1, 1);
    expect(() => file.tensors.get("small")!.data()).toThrow(
      /changed\.safetensors: it was changed since it was opened; load it again/,
    );
  });
});
