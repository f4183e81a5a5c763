// A layer that Graft doesn't know is told when the file is read: all such layers at once, each kind with how often it occurs.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadWeights, WeightFileError } from "../../src/formats/index.ts";
import { OPERATORS } from "./onnx/operators.ts";
import { floats, type NodeSketch, onnxModel } from "./onnx/protobuf.ts";
import { graphModel, layersModel, node, shape } from "./tfjs/rearranged_models.ts";

const docs = readFileSync(new URL("../../docs/layers.md", import.meta.url), "utf8");

/** What reading says of a network: nothing, or the one message. */
async function refusal(files: Uint8Array | Readonly<Record<string, Uint8Array>>) {
  const { graph, graphError } = await loadWeights(files);
  expect(graph === undefined).toBe(graphError !== undefined);
  return graphError?.message;
}

describe("ONNX", () => {
  const chain = (operators: readonly string[]): NodeSketch[] =>
    operators.map((op, i) => ({
      op,
      inputs: [i === 0 ? "x" : `v${i - 1}`],
      outputs: [i === operators.length - 1 ? "y" : `v${i}`],
    }));

  it.each(OPERATORS)("%s is read, or refused by name, or damaged so", async (op) => {
    const bytes = onnxModel(chain([op]), [floats("w", [4, 2, 1, 1])], { opset: 17 });
    const message = await refusal(bytes).catch((error) => {
      expect(error).toBeInstanceOf(WeightFileError);
    });
    // A network whose output is known beforehand is no network.
    if (message)
      expect(message).toMatch(new RegExp(`1 layer can't be built:.*\\((${op}|output)\\): `, "s"));
  });

  it("lists all that it hasn't, as docs/layers.md shows", async () => {
    const operators = ["LSTM", "Relu", "Det", "LSTM", "GRU", "LSTM"];
    const message = await refusal(onnxModel(chain(operators), []));
    const [, shown] = docs.match(/```text\n([\s\S]*?)\n```/) ?? [];
    expect(message).toBe(`the given bytes (onnx): architecture: ${shown}`);
  });
});

describe("TF.js", () => {
  it("lists layers", async () => {
    const kinds = ["LSTM", "ReLU", "Attention", "LSTM"];
    const layers = kinds.map((kind, i): [string, object] => [kind, { name: `layer${i}` }]);
    const message = await refusal(layersModel([6, 8, 4], layers, {}));
    expect(message).toMatch(
      /3 layers can't be built:\n {2}layer0 and 1 more \(LSTM\): .*\n {2}layer2 \(Attention\): /,
    );
  });

  it("lists operators of graphs", async () => {
    const operators = ["MatrixInverse", "Relu", "MatrixInverse", "TopKV2"];
    const nodes = operators.map((op, i) => {
      const name = i === operators.length - 1 ? "y" : `v${i}`;
      return node(name, op, [i === 0 ? "x" : `v${i - 1}`]);
    });
    const x = node("x", "Placeholder", [], { shape: shape(-1, 6, 8, 4) });
    expect(await refusal(graphModel([x, ...nodes], {}, {}))).toMatch(
      /3 layers can't be built:\n {2}v0 and 1 more \(MatrixInverse\): .*\n {2}y \(TopKV2\): /,
    );
  });
});
