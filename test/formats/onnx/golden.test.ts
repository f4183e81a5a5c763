import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { memorySource } from "../fuzz.ts";
import { waves } from "../graph_samples.ts";
import { interpret } from "../interpret.ts";

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));
const OUTPUTS: number[] = JSON.parse(new TextDecoder().decode(golden("outputs.json")));

function load(opset: number) {
  const bytes = golden(`net${opset}.onnx`);
  return readOnnx(bytes, memorySource(bytes, `net${opset}.onnx`));
}

describe("models written by torch.onnx.export with random weights", () => {
  for (const opset of [9, 13, 17]) {
    it(`computes what PyTorch computes, opset ${opset}`, async () => {
      const file = await load(opset);
      const graph = requireArchitecture(file);
      expect(graph.inputShape).toEqual([3, 15, 14]);
      const [output] = interpret(graph, file.tensors, waves(graph.inputShape));
      expect(output).toHaveLength(5);
      OUTPUTS.forEach((value, i) => {
        expect(output[i]).toBeCloseTo(value, 6);
      });
    });
  }

  it("keeps PyTorch's names", async () => {
    const { tensors, graph, metadata } = await load(13);
    expect([...tensors.keys()]).toEqual([
      "features.0.weight",
      "features.1.weight",
      "features.1.bias",
      "features.1.running_mean",
      "features.1.running_var",
      "features.3.weight",
      "features.3.bias",
      "squeeze.weight",
      "squeeze.bias",
      "shared.weight",
      "shared.bias",
      expect.stringMatching(/Conv.*\.weight$/),
      "head.1.weight",
      "head.1.bias",
      "head.3.weight",
    ]);
    expect(tensors.get("head.3.weight")!.shape).toEqual([5, 8]);
    expect(metadata.producer_name).toBe("pytorch");
    const shared = graph!.nodes.filter(({ weights }) => weights.weight === "shared.weight");
    expect(shared.length).toBe(1);
  });
});
