import { describe, expect, it } from "vitest";
import type { FileFormat } from "../../../src/formats/detect/format.ts";
import { FORMATS } from "../../../src/formats/detect/formats.ts";
import { WeightFileError } from "../../../src/formats/index.ts";
import { readSource } from "../../../src/formats/load.ts";
import type { WeightReader } from "../../../src/formats/types.ts";
import { memorySource } from "../fuzz.ts";

/** Bytes behind "TOY1", one a value. */
const readToy: WeightReader = async (bytes, { name }) => {
  if (!(bytes instanceof Uint8Array)) throw new WeightFileError({ file: name, problem: "parts" });
  const values = Float32Array.from(bytes.subarray(4));
  const tensor = { name: "toy", shape: [values.length], dtype: "f32" as const, data: () => values };
  return { format: "npy", tensors: new Map([["toy", tensor]]), metadata: {}, notes: [] };
};

describe("the list of formats", () => {
  it("takes one more as one object", async () => {
    const toy: FileFormat = {
      name: "toy",
      endings: [".toy"],
      recognises: (file) => file.startsWith("TOY1"),
      reader: async () => readToy,
    };
    const bytes = Uint8Array.of(84, 79, 89, 49, 5, 7);
    const file = await readSource(memorySource(bytes), [...FORMATS, toy]);
    expect(file.tensors.get("toy")?.data()).toEqual(Float32Array.of(5, 7));
    await expect(readSource(memorySource(bytes))).rejects.toThrow(
      "no weight file that Graft knows",
    );
  });

  it("has a reader for each", async () => {
    for (const { reader } of FORMATS) expect(await reader()).toBeTypeOf("function");
  });
});
