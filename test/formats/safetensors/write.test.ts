import { describe, expect, it } from "vitest";
import { type TensorToWrite, writeSafetensors } from "../../../src/formats/index.ts";
import { readSafetensors } from "../../../src/formats/safetensors/read.ts";
import { memorySource } from "../fuzz.ts";
import { sampleTensors } from "../samples.ts";

const read = (bytes: Uint8Array) => readSafetensors(bytes, memorySource(bytes));
const tensor = (name: string, values: number[]): TensorToWrite => ({
  name,
  shape: [values.length],
  dtype: "f32",
  data: Float32Array.from(values),
});

describe("writeSafetensors", () => {
  it("brings every dtype back bit for bit, in order, with metadata", async () => {
    const samples = sampleTensors();
    const bytes = writeSafetensors(samples, { format: "pt", note: "a\nb" });
    const { tensors, metadata } = await read(bytes);
    expect({ ...metadata }).toEqual({ format: "pt", note: "a\nb" });
    expect([...tensors.keys()]).toEqual(samples.map((sample) => sample.name));
    for (const { name, shape, dtype, data } of samples) {
      expect(tensors.get(name)).toMatchObject({ shape, dtype });
      expect(tensors.get(name)?.data()).toEqual(data);
    }
  });

  it("keeps names that look like numbers or that JavaScript treats specially", async () => {
    const { tensors } = await read(writeSafetensors([tensor("10", [1]), tensor("__proto__", [2])]));
    expect([...tensors.keys()]).toEqual(["10", "__proto__"]);
    expect(tensors.get("10")?.data()).toEqual(Float32Array.of(1));
  });

  it("aligns the data to 8 bytes and each tensor to its element size, so that nothing is copied", async () => {
    const bytes = writeSafetensors([
      { name: "a", shape: [3], dtype: "u8", data: Uint8Array.of(1, 2, 3) },
      tensor("b", [1]),
      { name: "c", shape: [1], dtype: "i64", data: BigInt64Array.of(1n) },
    ]);
    const { tensors } = await read(bytes);
    for (const { data } of tensors.values()) expect(data().buffer).toBe(bytes.buffer);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it("gives the same bytes for the same tensors", () => {
    expect(writeSafetensors(sampleTensors())).toEqual(writeSafetensors(sampleTensors()));
  });

  it("writes a file without tensors", async () => {
    expect((await read(writeSafetensors([]))).tensors.size).toBe(0);
  });

  it.each([
    [
      "a name given twice",
      [tensor("a", [1]), tensor("a", [2])],
      'tensor "a": there are two tensors',
    ],
    ["the reserved name", [tensor("__metadata__", [1])], "a tensor can't be named"],
    [
      "data that don't fit",
      [{ ...tensor("a", [1]), shape: [2, 2] }],
      "[2, 2] is 4 elements, and 1 are given",
    ],
    [
      "the wrong array",
      [{ ...tensor("a", [1]), dtype: "i64" }],
      "dtype i64 is written from a BigInt64Array, not a Float32Array",
    ],
    ["an unknown dtype", [{ ...tensor("a", [1]), dtype: "other" }], "its dtype can't be written"],
    ["no shape", [{ ...tensor("a", [1]), shape: [-1] }], "[-1] is no shape"],
  ] as [string, TensorToWrite[], string][])("refuses %s", (_, tensors, message) => {
    expect(() => writeSafetensors(tensors)).toThrow(message);
  });
});
