import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WeightFileError, writeSafetensors } from "../../../src/formats/index.ts";
import { readSafetensors } from "../../../src/formats/safetensors/read.ts";
import { sharedData } from "../../shared_data.ts";
import { fuzz, memorySource } from "../fuzz.ts";
import { sampleTensors } from "../samples.ts";

function file(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const body = typeof data === "number" ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

const read = (bytes: Uint8Array) => readSafetensors(bytes, memorySource(bytes, "m.safetensors"));
const f32 = (shape: unknown, begin: unknown, end: unknown) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("readSafetensors", () => {
  it("reads tensors in the header's order, wherever their bytes lie", async () => {
    const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    const { tensors, format } = await read(
      file({ b: f32([1], 8, 12), a: f32([2, 1], 0, 8) }, data),
    );
    expect(format).toBe("safetensors");
    expect([...tensors.keys()]).toEqual(["b", "a"]);
    expect(tensors.get("a")?.data()).toEqual(Float32Array.of(1, 2));
    expect(tensors.get("b")?.data()).toEqual(Float32Array.of(3));
  });

  it("reads metadata, scalars and empty tensors", async () => {
    const { tensors, metadata } = await read(
      file({ __metadata__: { format: "pt" }, n: f32([], 0, 4), e: f32([0, 9], 4, 4) }, 4),
    );
    expect({ ...metadata }).toEqual({ format: "pt" });
    expect(tensors.get("n")?.data()).toEqual(Float32Array.of(0));
    expect(tensors.get("e")?.data()).toEqual(new Float32Array(0));
  });

  it("keeps names that JavaScript treats specially as plain names", async () => {
    const header = `{"__metadata__":{"__proto__":"x"},"__proto__":${JSON.stringify(f32([1], 0, 4))}}`;
    const { tensors, metadata } = await read(file(header, 4));
    expect(tensors.get("__proto__")?.shape).toEqual([1]);
    expect(Object.keys(metadata)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(metadata)).toBeNull();
  });

  it("lists float8 and refuses to decode it", async () => {
    const entry = { dtype: "F8_E4M3", shape: [4], data_offsets: [0, 4] };
    const { tensors, notes } = await read(file({ q: entry }, 4));
    expect(tensors.get("q")).toMatchObject({ shape: [4], dtype: "other" });
    expect(() => tensors.get("q")?.data()).toThrow('tensor "q": elements of type F8_E4M3');
    expect(notes).toEqual(['tensor "q" (F8_E4M3) can\'t be decoded: reading it throws']);
  });

  const broken: [string, Uint8Array, string][] = [
    ["no header", new Uint8Array(5), "header: the file has only 5 bytes"],
    ["a header beyond the file", file("{}").fill(0xff, 0, 7), "header: its length is given as"],
    ["a header that is not UTF-8", file("{}").fill(0xff, 8, 10), "header: it isn't UTF-8"],
    ["a header that is not JSON", file("{{"), "header: it isn't valid JSON"],
    ["a header that is a list", file("[]"), "header: it isn't a JSON object"],
    ["a name given twice", file('{"a":1,"\\u0061":2}'), 'header: it holds the key "a" twice'],
    [
      "an entry that is no object",
      file({ a: 1 }),
      'tensor "a": its entry in the header is no object',
    ],
    ["an unknown dtype", file({ a: { dtype: "F99" } }), 'tensor "a": its dtype "F99" is unknown'],
    ["an inherited dtype", file({ a: { dtype: "toString" } }), 'its dtype "toString" is unknown'],
    ["no shape", file({ a: { dtype: "F32" } }), "its shape (missing) is no list"],
    ["a negative length", file({ a: f32([-1], 0, 4) }, 4), "[-1] is no shape of a tensor"],
    ["a fraction", file({ a: f32([1.5], 0, 6) }, 6), "[1.5] is no shape"],
    ["an absurd shape", file({ a: f32([1e9, 1e9, 1e9], 0, 4) }, 4), "is no shape of a tensor"],
    ["negative offsets", file({ a: f32([1], -4, 0) }), "its data_offsets [-4,0] are no range"],
    ["reversed offsets", file({ a: f32([1], 4, 0) }, 4), "its data_offsets [4,0] are no range"],
    [
      "a range too short",
      file({ a: f32([2], 0, 4) }, 4),
      "shape [2] of F32 needs 8 bytes, and 4 are given",
    ],
    ["a range beyond the end", file({ a: f32([1], 4, 8) }, 4), "its bytes 4–8 lie beyond the end"],
    [
      "overlapping ranges",
      file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
      'tensor "b": its bytes overlap',
    ],
    [
      "a gap",
      file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12),
      "4 bytes before it belong to no tensor",
    ],
    [
      "a gap at the end",
      file({ a: f32([1], 0, 4) }, 6),
      "data: 2 bytes at the end belong to no tensor",
    ],
    ["metadata that is no text", file({ __metadata__: { a: 1 } }), 'the value of "a" is no text'],
  ];

  it.each(broken)("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(WeightFileError);
    await expect(read(bytes)).rejects.toThrow(message);
    await expect(read(bytes)).rejects.toThrow("m.safetensors (safetensors): ");
  });

  it("survives deep nesting and a long list of names", async () => {
    await expect(read(file(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`))).rejects.toThrow(
      "no object",
    );
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`t${i}`, f32([0], 0, 0)]),
    );
    expect((await read(file(many))).tensors.size).toBe(5000);
  });

  it("answers 12,000 damaged files with a typed error or a sound result", async () => {
    const seeds = [
      writeSafetensors(sampleTensors(), { format: "pt" }),
      writeSafetensors(sampleTensors(["f32", "f16"])),
      file({ q: { dtype: "F8_E5M2", shape: [4], data_offsets: [0, 4] }, a: f32([], 4, 8) }, 8),
    ];
    const report = await fuzz({
      seeds,
      read: readSafetensors,
      readParts: readSafetensors,
      runs: 12_000,
    });
    expect(report.accepted).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThan(1000);
  });
});

const vgg = sharedData("weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors");
describe.skipIf(!vgg)("a real VGG-16 in float16", () => {
  it("is read with its names, shapes and metadata", async () => {
    const { tensors, metadata } = await read(new Uint8Array(readFileSync(vgg ?? "")));
    expect(tensors.size).toBe(28);
    expect(metadata.architecture).toBe("vgg16");
    expect(tensors.get("features.28.weight")?.shape).toEqual([512, 512, 3, 3]);
    const weight = tensors.get("features.0.weight");
    expect(weight?.dtype).toBe("f16");
    const data = weight?.data() ?? new Float32Array();
    expect(data).toBeInstanceOf(Float32Array);
    expect(data.length).toBe(64 * 27);
    expect(Math.max(...[...data].map(Number).map(Math.abs))).toBeLessThan(4);
  });
});

const burn = sharedData("weights/mnist_cnn_burn/mnist.safetensors");
it.skipIf(!burn)("reads the I64 counters of a real file", async () => {
  const { tensors } = await read(new Uint8Array(readFileSync(burn ?? "")));
  const counter = tensors.get("norm1.num_batches_tracked");
  expect(counter).toMatchObject({ shape: [], dtype: "i64" });
  expect(counter?.data()).toBeInstanceOf(BigInt64Array);
  expect(Number(counter?.data()[0])).toBeGreaterThan(0);
});
