import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { fuzz } from "../fuzz.ts";
import { caseBytes, caseOutputs } from "./cases.ts";
import { floats, integers, onnxModel } from "./protobuf.ts";

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));

describe("readOnnx on damaged files", () => {
  it("reads 10,000 damaged small models or refuses them", { timeout: 120_000 }, async () => {
    const small = onnxModel(
      [
        {
          op: "Conv",
          inputs: ["x", "w", "b"],
          outputs: ["a"],
          attributes: { pads: [1, 1, 1, 1], group: 1 },
        },
        { op: "MaxPool", inputs: ["a"], outputs: ["c"], attributes: { kernel_shape: [2, 2] } },
        { op: "Reshape", inputs: ["c", "s"], outputs: ["d"] },
        { op: "Gemm", inputs: ["d", "m"], outputs: ["y"], attributes: { transB: 1 } },
      ],
      [floats("w", [3, 2, 3, 3]), floats("b", [3]), integers("s", [-1, 36]), floats("m", [2, 36])],
    );
    const report = await fuzz({
      seeds: [small],
      read: readOnnx,
      readParts: readOnnx,
      runs: 10_000,
    });
    expect(report.accepted).toBeGreaterThan(500);
    expect(report.refused).toBeGreaterThan(500);
  });

  it("reads 10,000 damaged models with computed shapes or refuses them", async () => {
    const computed = onnxModel(
      [
        { op: "Shape", inputs: ["x"], outputs: ["shape"] },
        { op: "Gather", inputs: ["shape", "zero"], outputs: ["batch"], attributes: { axis: 0 } },
        { op: "Unsqueeze", inputs: ["batch"], outputs: ["list"], attributes: { axes: [0] } },
        { op: "Mul", inputs: ["rest", "one"], outputs: ["most"] },
        { op: "Slice", inputs: ["most", "zero", "one"], outputs: ["part"] },
        { op: "Concat", inputs: ["list", "part"], outputs: ["s"], attributes: { axis: 0 } },
        { op: "Reshape", inputs: ["x", "s"], outputs: ["d"] },
        { op: "Gemm", inputs: ["d", "m"], outputs: ["y"], attributes: { transB: 1 } },
      ],
      [integers("zero", [0]), integers("one", [1]), integers("rest", [40]), floats("m", [2, 40])],
    );
    const report = await fuzz({ seeds: [computed], read: readOnnx, seed: 3 });
    expect(report.accepted).toBeGreaterThan(500);
    expect(report.refused).toBeGreaterThan(500);
  });

  it("reads 2,000 damaged files of other ways of writing or refuses them", async () => {
    const seeds = Object.keys(caseOutputs).map(caseBytes);
    const report = await fuzz({ seeds, read: readOnnx, readParts: readOnnx, runs: 2_000, seed: 4 });
    expect(report.accepted).toBeGreaterThan(100);
  });

  it("reads 1,000 damaged models of PyTorch or refuses them", { timeout: 120_000 }, async () => {
    const seeds = [golden("net9.onnx"), golden("net13.onnx")];
    const report = await fuzz({ seeds, read: readOnnx, readParts: readOnnx, runs: 1_000, seed: 2 });
    expect(report.accepted).toBeGreaterThan(50);
  });
});
