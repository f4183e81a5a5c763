import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { waves } from "../graph_samples.ts";
import { memoryFiles } from "../graph_support.ts";
import { interpret } from "../interpret.ts";
import { encode, floats, integers, type Message, type NodeSketch, onnxModel } from "./protobuf.ts";

function read(bytes: Uint8Array, files: Record<string, Uint8Array> = {}) {
  return readOnnx(bytes, memoryFiles(files, "a.onnx"));
}

function model(nodes: readonly NodeSketch[], initializers: readonly Message[] = [], more = {}) {
  return read(onnxModel(nodes, initializers, more));
}

const node = (
  op: string,
  inputs: string,
  outputs: string,
  attributes: NodeSketch["attributes"] = {},
): NodeSketch => ({
  op,
  inputs: inputs.split(" ").map((name) => (name === "-" ? "" : name)),
  outputs: outputs.split(" "),
  attributes,
});

describe("readOnnx, tensors", () => {
  /** One tensor of a type, as it lies in one of the fields. */
  const single = async (tensor: Message) => {
    const { tensors } = await model([node("Relu", "x", "y")], [{ 8: "t", ...tensor }]);
    return tensors.get("t");
  };

  it("reads raw and typed elements of every type", async () => {
    const raw = (array: ArrayBufferView) => new Uint8Array(array.buffer);
    expect((await single({ 1: [2], 2: 1, 9: raw(Float32Array.of(1.5, -2)) }))!.data()).toEqual(
      Float32Array.of(1.5, -2),
    );
    expect((await single({ 1: [2], 2: 1, 4: Float32Array.of(1.5, -2) }))!.data()).toEqual(
      Float32Array.of(1.5, -2),
    );
    expect((await single({ 1: [1], 2: 11, 9: raw(Float64Array.of(0.1)) }))!.data()).toEqual(
      Float64Array.of(0.1),
    );
    // Half precision in the field of 32-bit integers.
    const half = await single({ 1: [2], 2: 10, 5: [0x3e00, 0xc000] });
    expect(half).toMatchObject({ dtype: "f16", shape: [2] });
    expect(half!.data()).toEqual(Float32Array.of(1.5, -2));
    expect((await single({ 1: [1], 2: 16, 9: raw(Uint16Array.of(0x3fc0)) }))!.data()).toEqual(
      Float32Array.of(1.5),
    );
    const strange = await single({ 1: [1], 2: 14 });
    expect(strange!.dtype).toBe("other");
    expect(() => strange!.data()).toThrow(
      /tensor "t": elements of type number 14 of ONNX can't be decoded/,
    );
  });

  it("says when there are too few elements", async () => {
    await expect(single({ 1: [3], 2: 1, 9: new Uint8Array(8) })).rejects.toThrow(
      /tensor "t": its shape takes 12 bytes, and 8 are there/,
    );
    await expect(single({ 1: [3], 2: 1, 4: Float32Array.of(1) })).rejects.toThrow(
      /its shape takes 12 bytes, and 4 are there/,
    );
    await expect(single({ 1: [3], 2: 10, 5: [1, 2] })).rejects.toThrow(
      /its shape takes 6 bytes, and 2 are there/,
    );
    const half = await single({ 1: [2], 2: 10, 5: [300] });
    expect(() => half!.data()).toThrow(/its shape takes 4 bytes, and 2 are there/);
    await expect(single({ 1: [-1], 2: 1 })).rejects.toThrow(/\[-1\] is no shape/);
  });

  it("reads elements out of files beside the model", async () => {
    const external = (entries: Record<string, string>) =>
      Object.entries(entries).map(([key, value]) => ({ 1: key, 2: value }));
    const tensor = {
      1: [2],
      2: 1,
      8: "t",
      13: external({ location: "weights.bin", offset: "4", length: "8" }),
      14: 1,
    };
    const bytes = onnxModel([node("Relu", "x", "y")], [tensor]);
    const weights = new Uint8Array(Float32Array.of(9, 1, 2).buffer);
    const { tensors } = await read(bytes, { "weights.bin": weights });
    expect(tensors.get("t")!.data()).toEqual(Float32Array.of(1, 2));
    await expect(read(bytes)).rejects.toThrow(/tensor "t": its file "weights.bin" can't be read/);
    await expect(read(bytes, { "weights.bin": weights.subarray(0, 8) })).rejects.toThrow(
      /tensor "t": it lies beyond the end of "weights.bin" \(8 bytes\)/,
    );
  });
});

describe("readOnnx, networks", () => {
  const run = async (
    nodes: readonly NodeSketch[],
    initializers: readonly Message[] = [],
    more = {},
  ) => {
    const file = await model(nodes, initializers, more);
    const graph = requireArchitecture(file);
    const [output] = interpret(graph, file.tensors, waves(graph.inputShape));
    return {
      output: [...output],
      ops: graph.nodes.map(({ op }) => op).join(" "),
      graph,
      file,
    };
  };

  it("cancels transpositions of graphs out of TensorFlow, and keeps the order of their Flatten", async () => {
    const first = await run(
      [
        node("Transpose", "x", "a", { perm: [0, 3, 1, 2] }),
        node("Conv", "a w b", "b0", { pads: [1, 1, 1, 1] }),
        node("Transpose", "b0", "c", { perm: [0, 2, 3, 1] }),
        node("Add", "c one", "d"),
        node("Reshape", "d shape", "e"),
        node("MatMul", "e m", "f"),
        node("Add", "f n", "y"),
      ],
      [
        floats("w", [3, 2, 3, 3]),
        floats("b", [3]),
        floats("one", [3]),
        integers("shape", [-1, 60]),
        floats("m", [60, 2]),
        floats("n", [2]),
      ],
      { inputShape: ["batch", 5, 4, 2] },
    );
    expect(first.ops).toBe("input conv2d rescale flatten linear");
    expect(first.graph.fileLayout).toBe("NHWC");
    expect(first.graph.inputShape).toEqual([2, 5, 4]);
    // The same by hand: flatten in height, width, channels.
    const map = interpret(
      { ...first.graph, outputs: ["d"] },
      first.file.tensors,
      waves([2, 5, 4]),
    )[0];
    const expected = [0, 1].map((o) => {
      let sum = Math.fround(Math.sin(o));
      for (let i = 0; i < 60; i++)
        sum += map[(i % 3) * 20 + Math.floor(i / 3)] * Math.fround(Math.sin(i * 2 + o));
      return sum;
    });
    first.output.forEach((value, o) => {
      expect(value).toBeCloseTo(expected[o], 9);
    });
  });

  it("takes a Gemm's factors and transposition into its weights", async () => {
    const shape = { inputShape: [1, 3] };
    const plain = await run(
      [node("Gemm", "x w b", "y")],
      [floats("w", [3, 2]), floats("b", [1, 2])],
      shape,
    );
    const turned = await run(
      [node("Transpose", "w", "wt", { perm: [1, 0] }), node("Gemm", "x wt b", "y", { transB: 1 })],
      [floats("w", [3, 2]), floats("b", [2])],
      shape,
    );
    expect(turned.output).toEqual(plain.output);
    expect(plain.file.tensors.get("y.weight")!.shape).toEqual([2, 3]);
    expect(plain.file.tensors.get("y.weight")!.originalName).toBe("w");
  });

  it("pads as SAME_LOWER does: the odd row first", async () => {
    const { graph } = await run([
      node("MaxPool", "x", "y", { kernel_shape: [2, 2], strides: [2, 2], auto_pad: "SAME_LOWER" }),
    ]);
    expect(graph.nodes[1]).toMatchObject({ attrs: { padding: [1, 0, 0, 0] } });
  });

  it("reads the bounds and axes of old and new versions alike", async () => {
    const old = await run(
      [
        node("Clip", "x", "a"),
        node("GlobalAveragePool", "a", "p"),
        node("Squeeze", "p", "y", { axes: [2, 3] }),
      ],
      [],
      { opset: 9 },
    );
    const fresh = await run(
      [node("Clip", "x - -", "a"), node("ReduceMean", "a axes", "y", { keepdims: 0 })],
      [integers("axes", [2, 3])],
      { opset: 18 },
    );
    expect(old.output).toEqual(fresh.output);
    const relu6 = await run(
      [node("Clip", "x low high", "y")],
      [floats("low", [], { 4: Float32Array.of(0) }), floats("high", [], { 4: Float32Array.of(6) })],
    );
    expect(relu6.ops).toBe("input relu6");
  });

  it("reads a SELU of other constants than the usual ones", async () => {
    const usual = await run([node("Selu", "x", "y")]);
    const given = await run([node("Selu", "x", "y", { alpha: 2, gamma: 3 })]);
    expect([usual.ops, given.ops]).toEqual(["input selu", "input elu rescale"]);
    const [x] = [waves([2, 5, 4]).data];
    given.output.forEach((value, i) => {
      expect(value).toBeCloseTo(3 * (x[i] > 0 ? x[i] : 2 * Math.expm1(x[i])), 9);
    });
  });

  it("reads group norms of two versions, and local response norms", async () => {
    const group = (opset: number, sides: number) =>
      run(
        [node("GroupNormalization", "x s b", "y", { num_groups: 2, epsilon: 0.01 })],
        [floats("s", [sides]), floats("b", [sides])],
        { opset, inputShape: [1, 4, 3, 2] },
      );
    const [old, fresh] = [await group(18, 2), await group(21, 4)];
    expect(old.graph.nodes[1]).toMatchObject({ attrs: { numGroups: 2, numChannels: 4 } });
    const sin = Math.sin;
    const scales = (file: typeof old.file) => [...file.tensors.get("y.weight")!.data()].map(Number);
    expect(scales(old.file)).toEqual([sin(0), sin(0), sin(1), sin(1)].map(Math.fround));
    expect(scales(fresh.file)).toEqual([sin(0), sin(1), sin(2), sin(3)].map(Math.fround));
    const lrn = await run([node("LRN", "x", "y", { size: 3, alpha: 0.5, beta: 0.5, bias: 2 })]);
    const x = waves([2, 5, 4]).data;
    lrn.output.forEach((value, i) => {
      const sum = x[i] ** 2 + x[(i + 20) % 40] ** 2;
      expect(value).toBeCloseTo(x[i] / Math.sqrt(2 + (0.5 / 3) * sum), 9);
    });
  });

  it("reads layer norms over the last axis, and says where they can't be built", async () => {
    const last = await run(
      [
        node("Transpose", "x", "t", { perm: [0, 2, 3, 1] }),
        node("LayerNormalization", "t s", "n", { axis: -1 }),
        node("Transpose", "n", "y", { perm: [0, 3, 1, 2] }),
      ],
      [floats("s", [2])],
      { opset: 17 },
    );
    expect(last.ops).toBe("input layerNorm");
    const rows = await model(
      [node("LayerNormalization", "x s", "n"), node("LRN", "n", "y", { size: 4 })],
      [floats("s", [4])],
      { opset: 17 },
    );
    expect(rows.graphError!.message).toMatch(
      /1 layer can't be built:\n {2}n \(LayerNormalization\): only channels or features that come last/,
    );
  });

  it("reads powers and signs", async () => {
    const { output, ops } = await run(
      [
        node("Neg", "x", "n"),
        node("Pow", "n three", "c"),
        node("Abs", "c", "a"),
        node("Pow", "a half", "r"),
        node("Pow", "r one", "y"),
      ],
      [
        floats("three", [], { 4: Float32Array.of(3) }),
        floats("half", [], { 4: Float32Array.of(0.5) }),
        floats("one", [1], { 4: Float32Array.of(1) }),
      ],
    );
    expect(ops).toBe("input rescale mul abs sqrt");
    const x = waves([2, 5, 4]).data;
    output.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.abs(x[i]) ** 1.5, 9);
    });
    const other = await model(
      [node("Pow", "x p", "y")],
      [floats("p", [], { 4: Float32Array.of(1.7) })],
    );
    expect(requireArchitecture(other).nodes.at(-1)).toMatchObject({ op: "pow" });
    const several = await model([node("Pow", "x p", "y")], [floats("p", [2, 1, 1])]);
    expect(several.graphError!.message).toContain("only powers by one number are supported");
  });

  it("lists all that it can't build, and gives the tensors all the same", async () => {
    const file = await model(
      [
        node("GridSample", "x s", "a"),
        node("Conv", "a w", "b"),
        node("Celu", "b", "c"),
        node("Add", "c w", "d"),
        node("Hardmax", "d", "y"),
      ],
      [floats("w", [3, 2, 3, 3]), integers("s", [1])],
    );
    expect(() => requireArchitecture(file)).toThrow(
      /3 layers can't be built:\n {2}a \(GridSample\): this operator isn't supported\n {2}c \(Celu\): .*\n {2}y \(Hardmax\)/,
    );
    expect([...file.tensors.keys()]).toEqual(["b.weight"]);
    expect(file.tensors.get("b.weight")!.shape).toEqual([3, 2, 3, 3]);
  });

  it("names what doesn't fit", async () => {
    await expect(model([node("Conv", "x w", "y")], [floats("w", [3, 5, 3, 3])])).rejects.toThrow(
      /a.onnx \(onnx\): layer "y": its weights are for 5 channels, and its input has 2/,
    );
    await expect(model([node("Relu", "z", "y")])).rejects.toThrow(
      /layer "y": its input "z" is given by no node before it/,
    );
    await expect(
      model([node("Relu", "x", "y")], [floats("w", [1]), floats("w", [1])]),
    ).rejects.toThrow(/tensor "w": two tensors of the graph have this name/);
    await expect(read(encode({ 1: 8, 2: "x" }))).rejects.toThrow(/model: it has no graph/);
    await expect(read(onnxModel([node("Relu", "x", "y")], []).subarray(0, 40))).rejects.toThrow(
      /protobuf: one of its messages is cut off/,
    );
    const open = await model([node("Relu", "x", "y")], [], { inputShape: [1, 2, 3, 4, 5] });
    expect(open.graphError!.message).toMatch(
      /x \(input\): its shape must be \[batch, channels, height, width\]/,
    );
  });
});
