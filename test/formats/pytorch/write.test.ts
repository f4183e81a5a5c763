import { describe, expect, it } from "vitest";
import { type TensorToWrite, type WeightDtype, writePytorch } from "../../../src/formats/index.ts";
import { readPytorch } from "../../../src/formats/pytorch/read.ts";
import { memorySource } from "../fuzz.ts";
import { pythonWith, runPython } from "../python.ts";
import { SAMPLE_DTYPES, sampleTensors } from "../samples.ts";

const LACKING: readonly WeightDtype[] = ["u16", "u32", "u64"];
const samples = [
  ...sampleTensors(SAMPLE_DTYPES.filter((dtype) => !LACKING.includes(dtype))),
  { name: "scalar", shape: [], dtype: "f32", data: Float32Array.of(2.5) },
  { name: "empty.ü", shape: [0, 3], dtype: "f32", data: new Float32Array(0) },
  { name: "large", shape: [300, 400], dtype: "f32", data: new Float32Array(120_000).fill(0.5) },
] as TensorToWrite[];

describe("writePytorch", () => {
  it("brings every dtype back bit for bit, in order", async () => {
    const bytes = writePytorch(samples);
    const { tensors, notes } = await readPytorch(bytes, memorySource(bytes));
    expect([...tensors.keys()]).toEqual(samples.map((sample) => sample.name));
    for (const { name, shape, dtype, data } of samples) {
      expect(tensors.get(name)).toMatchObject({ shape, dtype });
      expect(tensors.get(name)?.data(), name).toEqual(data);
    }
    expect(notes).toEqual([]);
  });

  it("gives the same bytes for the same tensors", () => {
    expect(writePytorch(sampleTensors(["f32"]))).toEqual(writePytorch(sampleTensors(["f32"])));
  });

  it.each([
    ["u16", "i32"],
    ["u32", "i64"],
  ] as [WeightDtype, string][])("refuses %s, which PyTorch 1.13 lacks", (dtype, wider) => {
    expect(() => writePytorch(sampleTensors([dtype]))).toThrow(
      `(pytorch): tensor "layer.${dtype}": PyTorch has no storage for ${dtype}. Convert it to ${wider}`,
    );
  });
});

describe.skipIf(!pythonWith("torch"))("PyTorch itself (needs Debian's python3-torch)", () => {
  it("loads what Graft writes", () => {
    const script = `
import json, torch
d = torch.load("m.pt")
assert type(d).__name__ == "OrderedDict"
print(json.dumps({n: [str(t.dtype), list(t.shape), [str(v) for v in t.flatten().tolist()[:3]], t.is_contiguous()] for n, t in d.items()}))`;
    const { printed } = runPython({
      module: "torch",
      script,
      files: { "m.pt": writePytorch(samples, { graft: "not for PyTorch" }) },
    });
    expect(printed).toEqual({
      "layer.f64": ["torch.float64", [2, 3], ["0.1", "-1e+300", "5e-324"], true],
      "layer.f32": [
        "torch.float32",
        [2, 3],
        ["0.10000000149011612", "-9.999999680285692e+37", "1.401298464324817e-45"],
        true,
      ],
      "layer.f16": ["torch.float16", [2, 3], ["0.5", "-65504.0", "5.960464477539063e-08"], true],
      "layer.bf16": [
        "torch.bfloat16",
        [2, 3],
        ["0.5", "-1.7014118346046923e+38", "9.183549615799121e-41"],
        true,
      ],
      "layer.i8": ["torch.int8", [2, 3], ["-128", "127", "0"], true],
      "layer.u8": ["torch.uint8", [2, 3], ["255", "128", "0"], true],
      "layer.i16": ["torch.int16", [2, 3], ["-32768", "32767", "0"], true],
      "layer.i32": ["torch.int32", [2, 3], ["-2147483648", "2147483647", "0"], true],
      "layer.i64": [
        "torch.int64",
        [2, 3],
        ["-9223372036854775808", "9223372036854775807", "0"],
        true,
      ],
      "layer.bool": ["torch.bool", [2, 3], ["True", "False", "False"], true],
      scalar: ["torch.float32", [], ["2.5"], true],
      "empty.ü": ["torch.float32", [0, 3], [], true],
      large: ["torch.float32", [300, 400], ["0.5", "0.5", "0.5"], true],
    });
  });

  it("loads them into a module", () => {
    const tensors: TensorToWrite[] = [
      { name: "weight", shape: [2, 1, 1, 1], dtype: "f32", data: Float32Array.of(2, 3) },
      { name: "bias", shape: [2], dtype: "f32", data: Float32Array.of(0.5, -0.5) },
    ];
    const script = `
import json, torch
m = torch.nn.Conv2d(1, 2, 1)
m.load_state_dict(torch.load("m.pt", map_location="cpu"))
print(json.dumps(m(torch.ones(1, 1, 1, 1)).flatten().tolist()))`;
    const { printed } = runPython({
      module: "torch",
      script,
      files: { "m.pt": writePytorch(tensors) },
    });
    expect(printed).toEqual([2.5, 2.5]);
  });
});
