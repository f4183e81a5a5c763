import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { memorySource } from "../fuzz.ts";
import { interpret } from "../interpret.ts";
import { type CaseOutputs, caseBytes, caseInput, caseOutputs } from "./cases.ts";

const read = (name: string) => {
  const bytes = caseBytes(name);
  return readOnnx(bytes, memorySource(bytes, `${name}.onnx`));
};

const ops = async (name: string) =>
  requireArchitecture(await read(name))
    .nodes.map(({ op }) => op)
    .join(" ");

describe("what PyTorch exports", () => {
  const buildable = Object.entries<CaseOutputs>(caseOutputs).filter(
    ([name]) => name !== "two_inputs",
  );

  it.each(buildable)("computes what PyTorch computes: %s", async (name, { shape, outputs }) => {
    const file = await read(name);
    const graph = requireArchitecture(file);
    const [channels, height = 1, width = 1] = graph.inputShape.map(Number);
    const image = { shape: [channels, height, width], data: caseInput(shape) } as const;
    const results = interpret(graph, file.tensors, image);
    expect(results).toHaveLength(outputs.length);
    outputs.forEach((expected, o) => {
      expect(results[o]).toHaveLength(expected.length);
      expected.forEach((value, i) => {
        expect(results[o][i]).toBeCloseTo(value, 5);
      });
    });
  });

  it("is GELU in every version, its numbers in line", async () => {
    for (const name of ["gelu9", "gelu13", "gelu17", "gelu_half_first"]) {
      expect(await ops(name), name).toBe("input linear gelu linear");
    }
  });

  it("has slopes that can be trained, for each channel and for all", async () => {
    expect(await ops("prelu")).toBe("input conv2d prelu conv2d prelu");
    const { graph, tensors } = await read("prelu");
    const slopes = graph!.nodes.flatMap(({ op, weights }) =>
      op === "prelu" ? [weights.weight!] : [],
    );
    expect(slopes.map((name) => tensors.get(name)!.shape)).toEqual([[3], [1]]);
    expect(await ops("prelu_linear")).toBe("input linear prelu linear prelu");
  });

  it("has normalisations in one piece, written in steps or not, with PyTorch's names", async () => {
    const expected = {
      layer_norm13: "input linear layerNorm linear layerNorm",
      layer_norm17: "input linear layerNorm linear",
      layer_norm_first: "input conv2d layerNorm conv2d",
      layer_norm_last13: "input conv2d layerNorm conv2d",
      layer_norm_last17: "input conv2d layerNorm conv2d",
      rms_norm: "input linear rmsNorm linear",
      group_norm: "input conv2d groupNorm relu groupNorm",
      instance_norm: "input conv2d groupNorm groupNorm",
    };
    for (const [name, list] of Object.entries(expected)) expect(await ops(name), name).toBe(list);
    const { tensors } = await read("layer_norm13");
    expect([...tensors.keys()]).toEqual(expect.arrayContaining(["1.weight", "1.bias"]));
    const { graph } = await read("group_norm");
    const norms = graph!.nodes.flatMap(({ op, attrs, weights }) =>
      op === "groupNorm" ? [{ attrs, roles: Object.keys(weights) }] : [],
    );
    expect(norms).toEqual([
      {
        attrs: { numGroups: 3, numChannels: 6, eps: expect.closeTo(1e-5, 9) },
        roles: ["weight", "bias"],
      },
      { attrs: { numGroups: 1, numChannels: 6, eps: expect.closeTo(1e-5, 9) }, roles: [] },
    ]);
  });

  it("has a bias that can be trained, wherever it stands", async () => {
    for (const name of ["matmul", "matmul_in_line"]) {
      expect(await ops(name), name).toBe("input linear tanh linear");
      const tensors = [...(await read(name)).tensors.values()];
      expect(tensors.find(({ originalName }) => originalName === "bias")?.shape, name).toEqual([5]);
    }
  });

  it("has batch norms of vectors, also behind a side of 1", async () => {
    const { tensors } = await read("batch_norm1d_unsqueezed");
    expect(tensors.get("1.norm.running_var")?.shape).toEqual([5]);
  });

  it("has several inputs: both are named, and nothing is damaged", async () => {
    const { graphError, tensors } = await read("two_inputs");
    expect(graphError?.message).toMatch(
      /1 layer can't be built:\n {2}angles \(input\): networks with one input are supported, and this is one besides "image"/,
    );
    expect(graphError?.message).not.toMatch(/damaged/);
    expect([...tensors.keys()]).toEqual(expect.arrayContaining(["left.weight", "right.weight"]));
  });

  it("has several outputs: that is said", async () => {
    const { graph, notes } = await read("two_outputs");
    expect(graph?.outputs).toHaveLength(2);
    expect(notes.join()).toMatch(
      /The network has 2 outputs \(".*", ".*"\): a model built of it gives the first/,
    );
  });

  it("has logarithms of softmax, in one step or two", async () => {
    expect(await ops("log_softmax")).toMatch(/flatten logSoftmax$/);
    expect(await ops("softmax_log")).toMatch(/flatten logSoftmax$/);
  });

  it("has inputs of rank 3: images without channels, and signals", async () => {
    const shapeOf = async (name: string) => requireArchitecture(await read(name)).inputShape;
    expect(await shapeOf("grey")).toEqual([1, 5, 4]);
    expect(await shapeOf("grey_flat")).toEqual([1, 5, 4]);
    expect(await shapeOf("signal")).toEqual([2, 1, 23]);
    expect((await read("signal")).tensors.get("4.weight")?.shape).toEqual([6, 2, 1, 2]);
  });

  it("has shapes of two numbers that no new head runs into", async () => {
    expect(await ops("reshape10")).toBe("input conv2d relu conv2d globalAvgPool flatten");
    expect(await ops("reshape10_linear")).toBe("input flatten linear");
  });

  it("has the ceiling mode, written as padding as large as the window", async () => {
    const [, pool] = requireArchitecture(await read("ceil_max")).nodes;
    expect(pool.attrs).toMatchObject({ padding: [1, 1, 1, 2], ceilMode: true });
  });
});
