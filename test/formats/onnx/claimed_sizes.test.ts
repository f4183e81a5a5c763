/** Sizes that a damaged file claims make no lists of that size. */
import { expect, it } from "vitest";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { memoryFiles } from "../graph_support.ts";
import { integers, onnxModel } from "./protobuf.ts";

const pad = (before: number, after: number) =>
  readOnnx(
    onnxModel(
      [{ op: "Pad", inputs: ["x", "pads"], outputs: ["y"] }],
      [integers("pads", [0, before, 0, 0, 0, after, 0, 0])],
      { inputShape: [1, 4, 6, 6] },
    ),
    memoryFiles({}, "a.onnx"),
  );

it.each([
  [300, 0],
  [0, 2 ** 40],
])("channels padded by %d and %d are refused by name", async (before, after) => {
  const { graphError } = await pad(before, after);
  expect(graphError?.message).toContain(`it adds ${before} and ${after} channels to 4`);
});

it("channels padded as shortcuts of residual networks are read", async () => {
  const { graph } = await pad(2, 6);
  expect(graph?.nodes.map(({ op }) => op)).toEqual([
    "input",
    "rescale",
    "narrow",
    "narrow",
    "concat",
  ]);
});

it("a side of 10⁹ entries isn't listed to turn it round", async () => {
  const bytes = onnxModel(
    [{ op: "Slice", inputs: ["x", "start", "end", "axes", "steps"], outputs: ["y"] }],
    [
      ...[integers("start", [1e9]), integers("end", [-2e9])],
      ...[integers("axes", [2]), integers("steps", [-1])],
    ],
    { inputShape: [1, 4, 1e9, 6] },
  );
  const { graphError } = await readOnnx(bytes, memoryFiles({}, "a.onnx"));
  expect(graphError?.message).toContain("y (Slice): ");
});
