import { describe, expect, it } from "vitest";
import { WeightFileError, writeNpy, writeNpz } from "../../../src/formats/index.ts";
import { readNpyFile, readNpz } from "../../../src/formats/numpy/read.ts";
import { fuzz, memorySource } from "../fuzz.ts";
import { pythonWith, runPython } from "../python.ts";
import { sampleTensors } from "../samples.ts";

const readNpyBytes = (bytes: Uint8Array) =>
  readNpyFile(bytes, memorySource(bytes, "a/weights.npy"));
const readNpzBytes = (bytes: Uint8Array) => readNpz(bytes, memorySource(bytes, "w.npz"));

function npy(header: string, data: Uint8Array | number = 0, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const body = typeof data === "number" ? new Uint8Array(data) : data;
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length, 0, 0, 0];
  return Uint8Array.of(
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    version,
    0,
    ...length,
    ...text,
    ...body,
  );
}

const HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

describe("readNpyFile", () => {
  it.each([1, 2, 3])("reads version %d and names the tensor like the file", async (version) => {
    const data = new Uint8Array(Float32Array.of(1.5, -2).buffer);
    const { tensors, format } = await readNpyBytes(npy(HEADER, data, version));
    expect(format).toBe("npy");
    expect(tensors.get("weights")).toMatchObject({ shape: [2], dtype: "f32" });
    expect(tensors.get("weights")?.data()).toEqual(Float32Array.of(1.5, -2));
  });

  it("reads column-major, big-endian and Python 2 headers", async () => {
    const bytes = npy(
      `{"shape": (2L, 3L), "fortran_order": True, "descr": ">i2"}`,
      Uint8Array.of(0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6),
    );
    const { tensors } = await readNpyBytes(bytes);
    expect(tensors.get("weights")?.data()).toEqual(Int16Array.of(1, 2, 3, 4, 5, 6));
  });

  it.each(["|O", "<U3", "<c8", "|V2"])(
    "lists %s elements and refuses to decode them",
    async (descr) => {
      const { tensors } = await readNpyBytes(npy(HEADER.replace("<f4", descr), 8));
      expect(tensors.get("weights")?.dtype).toBe("other");
      expect(() => tensors.get("weights")?.data()).toThrow(
        `elements of type ${descr} can't be decoded`,
      );
    },
  );

  it("lists records", async () => {
    const header = HEADER.replace("'<f4'", "[('x', '<f4'), ('y', '<i4', (2,))]");
    const { tensors } = await readNpyBytes(npy(header, 8));
    expect(() => tensors.get("weights")?.data()).toThrow("elements of type record");
  });

  it.each([
    ["another kind of file", new Uint8Array(20), "it doesn't begin as an .npy array"],
    ["a future version", npy(HEADER, 8, 9), "version 9 of the .npy format is unknown"],
    ["a header beyond the file", npy(HEADER).subarray(0, 40), "its length is given as"],
    ["no dictionary", npy("print(1)"), 'it can\'t be understood at "print(1)"'],
    ["code in the header", npy("{'descr': __import__('os')}"), "it can't be understood at"],
    ["a missing field", npy("{'descr': '<f4'}"), "it lacks descr, fortran_order or shape"],
    ["trailing text", npy(`${HEADER}x`), 'it can\'t be understood at "x"'],
    ["deep nesting", npy(`{'descr': ${"(".repeat(5000)}`), "it can't be understood at"],
    ["a negative shape", npy(HEADER.replace("(2,)", "(-2,)")), "[-2] is no shape"],
    ["a shape of text", npy(HEADER.replace("(2,)", "('2',)")), "[2] is no shape"],
    ["an absurd shape", npy(HEADER.replace("(2,)", "(9999999999, 9999999999)")), "is no shape"],
    ["missing bytes", npy(HEADER, 7), "shape [2] of <f4 needs 8 bytes, and 7 are there"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(readNpyBytes(bytes)).rejects.toThrow(WeightFileError);
    await expect(readNpyBytes(bytes)).rejects.toThrow(message);
  });
});

describe("writeNpy and writeNpz", () => {
  it("bring every dtype back; bf16 as float32", async () => {
    const samples = sampleTensors();
    const { tensors } = await readNpzBytes(writeNpz(samples));
    for (const { name, shape, dtype, data } of samples) {
      expect(tensors.get(name)).toMatchObject({ shape, dtype: dtype === "bf16" ? "f32" : dtype });
      expect(tensors.get(name)?.data()).toEqual(data);
    }
  });

  it("bring a scalar and a vector back", async () => {
    const scalar = writeNpy({ shape: [], dtype: "f32", data: Float32Array.of(7) });
    expect((await readNpyBytes(scalar)).tensors.get("weights")).toMatchObject({ shape: [] });
    const vector = writeNpy({ shape: [1], dtype: "f32", data: Float32Array.of(7) });
    expect((await readNpyBytes(vector)).tensors.get("weights")).toMatchObject({ shape: [1] });
    expect(vector.length % 4).toBe(0);
  });

  it("refuse two arrays of one name", () => {
    expect(() => writeNpz([...sampleTensors(["f32"]), ...sampleTensors(["f32"])])).toThrow(
      "there are two tensors of this name",
    );
  });
});

describe("readNpz", () => {
  it("names the array whose header is damaged, and notes what is no array", async () => {
    const good = sampleTensors(["f32"]);
    const damaged = writeNpz(good);
    damaged[damaged.indexOf(0x93)] = 0;
    await expect(readNpzBytes(damaged)).rejects.toThrow(
      'w.npz (npz): header of tensor "layer.f32": it doesn\'t begin as an .npy array',
    );
  });

  it("answers 10,000 damaged archives with a typed error or a sound result", async () => {
    const seeds = [writeNpz(sampleTensors(["f32", "i64"])), writeNpz(sampleTensors(["u8"]))];
    const report = await fuzz({ seeds, read: readNpz, readParts: readNpz });
    expect(report.accepted).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThan(1000);
  });

  it("answers 10,000 damaged arrays with a typed error or a sound result", async () => {
    const [sample] = sampleTensors(["f16"]);
    const seeds = [
      writeNpy(sample),
      npy(HEADER.replace("False", "True").replace("(2,)", "(1,2)"), 8),
    ];
    const report = await fuzz({ seeds, read: readNpyFile });
    expect(report.accepted).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThan(1000);
  });
});

describe.skipIf(!pythonWith("numpy"))("NumPy itself (needs Debian's python3-numpy)", () => {
  it("reads what Graft writes", () => {
    const script = `
import numpy, json
f = numpy.load("w.npz")
print(json.dumps({n: [str(f[n].dtype), list(f[n].shape), f[n].astype("f8").ravel()[3:5].tolist()] for n in f.files}))`;
    const { printed } = runPython({
      module: "numpy",
      script,
      files: { "w.npz": writeNpz(sampleTensors(["f64", "f16", "bf16", "u64", "bool"])) },
    });
    expect(printed).toEqual({
      "layer.f64": ["float64", [2, 3], [1, 2]],
      "layer.f16": ["float16", [2, 3], [1.0009765625, -0]],
      "layer.bf16": ["float32", [2, 3], [1.0078125, -0]],
      "layer.u64": ["uint64", [2, 3], [1, 2]],
      "layer.bool": ["bool", [2, 3], [1, 1]],
    });
  });

  it("writes what Graft reads: compressed, column-major, big-endian, scalars, odd names", async () => {
    const script = `
import numpy as np
a = np.arange(60, dtype="f4").reshape(3, 4, 5)
np.savez_compressed("w.npz", **{"a": a, "fortran": np.asfortranarray(a), "big": a.astype(">f8"),
  "half": a.astype("f2"), "scalar": np.float32(2.5), "view": a[:, ::2, ::-1], "sub/é": np.array([True, False]),
  "empty": np.zeros((0, 3), "f4"), "zeros": np.zeros(100000, "f4")})
np.save("a.npy", a.T)`;
    const { outputs } = runPython({ module: "numpy", script, outputs: ["w.npz", "a.npy"] });
    const { tensors } = await readNpzBytes(outputs[0]);
    const counting = Array.from({ length: 60 }, (_, i) => i);
    for (const name of ["a", "fortran", "big", "half"]) {
      expect([...(tensors.get(name)?.data() ?? [])], name).toEqual(counting);
    }
    expect(tensors.get("scalar")?.data()).toEqual(Float32Array.of(2.5));
    expect([...(tensors.get("view")?.data() ?? [])].slice(0, 6)).toEqual([4, 3, 2, 1, 0, 14]);
    expect(tensors.get("sub/é")?.data()).toEqual(Uint8Array.of(1, 0));
    expect(tensors.get("empty")).toMatchObject({ shape: [0, 3] });
    expect(tensors.get("zeros")?.data()).toEqual(new Float32Array(100000));
    const transposed = (await readNpyBytes(outputs[1])).tensors.get("weights");
    expect(transposed?.shape).toEqual([5, 4, 3]);
    expect([...(transposed?.data() ?? [])].slice(0, 4)).toEqual([0, 20, 40, 5]);
  });
});
