import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/formats/json.ts";
import {
  batch,
  convert,
  from,
  functional,
  input,
  layer,
  run,
  sequential,
  type Tensors,
} from "./convert.ts";

describe("configurations of all ages", () => {
  it("reads Keras 1: its names, its kernels channels first, Theano's turned ones", () => {
    const model = {
      class_name: "Sequential",
      config: [
        layer("Convolution2D", {
          name: "conv",
          nb_filter: 2,
          nb_row: 2,
          nb_col: 2,
          subsample: [1, 1],
          border_mode: "valid",
          dim_ordering: "th",
          activation: "relu",
          batch_input_shape: [null, 3, 4, 5],
        }),
        layer("MaxPooling2D", {
          name: "pool",
          pool_size: [2, 2],
          strides: [2, 2],
          border_mode: "valid",
          dim_ordering: "th",
        }),
        layer("Flatten", { name: "flat" }),
        layer("Dense", { name: "dense", output_dim: 2, activation: "softmax" }),
      ],
    };
    const tensors = {
      "conv/conv_W": [2, 3, 2, 2],
      "conv/conv_b": [2],
      "dense/dense_W": [4, 2],
      "dense/dense_b": [2],
    };
    const plain = convert(model, tensors);
    expect(plain.graph!.inputShape).toEqual([3, 4, 5]);
    expect(plain.graph!.fileLayout).toBe("NCHW");
    const kernel = [...plain.tensors.get("conv.weight")!.data()].map(Number);
    kernel.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.sin(i), 6);
    });
    // Nothing to be turned behind a Flatten of a map whose channels come first.
    expect(plain.tensors.get("dense.weight")!.data()[1]).toBeCloseTo(Math.sin(2), 6);
    const turned = [...convert(model, tensors, "flipped").tensors.get("conv.weight")!.data()].map(
      Number,
    );
    expect(turned.slice(0, 4)).toEqual([...kernel.slice(0, 4)].reverse());
  });

  it("reads operations between layers: of Keras 2.4 and later, and of 2.0 to 2.3", () => {
    const lambda = (name: string, fn: string) => ({ name, function: fn });
    const newer = functional(
      "gated",
      input(2, 2, 1),
      layer("TFOpLambda", lambda("plus", "__operators__.add"), [
        ["in", 0, 0, { y: 3, name: null }],
      ]),
      layer("ReLU", { name: "relu6", max_value: 6 }, from("plus")),
      layer("TFOpLambda", lambda("sixth", "math.multiply"), [["relu6", 0, 0, { y: 1 / 6 }]]),
      layer("TFOpLambda", lambda("gated", "math.multiply"), [["in", 0, 0, { y: ["sixth", 0, 0] }]]),
    );
    const older = functional(
      "gated",
      input(2, 2, 1),
      layer(
        "TensorFlowOpLayer",
        { name: "plus", node_def: { op: "AddV2" }, constants: { 1: 3 } },
        from("in"),
      ),
      layer("ReLU", { name: "relu6", max_value: 6 }, from("plus")),
      layer(
        "TensorFlowOpLayer",
        { name: "sixth", node_def: { op: "Mul" }, constants: { 0: 1 / 6 } },
        from("relu6"),
      ),
      layer("Multiply", { name: "gated" }, from("in", "sixth")),
    );
    const image = { shape: [1, 2, 2] as const, data: Float64Array.from([-4, -1, 1, 4]) };
    const expected = [0, -1 / 3, 2 / 3, 4];
    for (const model of [newer, older]) {
      run(convert(model), image).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 9);
      });
    }
  });

  it("reads the functions that only some versions have", () => {
    const functions = ["mish", "exponential", "selu", "log_softmax"];
    const layers = functions.map((activation, i) =>
      layer("Activation", { name: activation, activation, ...(i === 0 && batch) }),
    );
    const { graph } = convert(sequential(...layers));
    expect(graph!.nodes.map(({ op }) => op).join(" ")).toBe("input mish exp selu logSoftmax");
    const op = layer("Absolute", { name: "size" }, from("in"));
    expect(convert(functional("size", input(2), op)).graph!.nodes[1]).toMatchObject({ op: "abs" });
  });

  it("reads PReLU's slopes: for each channel, for all, and none for each pixel", () => {
    const of = (...shape: readonly number[]) =>
      convert(functional("act", input(2, 3, 4), layer("PReLU", { name: "act" }, from("in"))), {
        "act/alpha": shape,
      });
    const built = of(1, 1, 4);
    expect(built.graph!.nodes[1]).toMatchObject({ op: "prelu", attrs: { numParameters: 4 } });
    expect(built.tensors.get("act.weight")!.shape).toEqual([4]);
    expect(of(1, 1, 1).tensors.get("act.weight")!.shape).toEqual([1]);
    expect(of(2, 3, 4).graphError!.message).toContain(
      "act (PReLU): slopes that differ within a channel aren't supported",
    );
  });

  it("reads normalisations without running statistics", () => {
    const of = (className: string, config: JsonObject, tensors: Tensors, ...shape: number[]) => {
      const norm = layer(className, { name: "norm", ...config }, from("in"));
      return convert(functional("norm", input(...shape), norm), tensors);
    };
    const both = { "norm/gamma": [4], "norm/beta": [4] };
    expect(of("LayerNormalization", { axis: [3] }, both, 2, 3, 4).graph!.nodes[1]).toMatchObject({
      op: "layerNorm",
      attrs: { numFeatures: 4, eps: 1e-3 },
      weights: { weight: "norm.weight", bias: "norm.bias" },
    });
    const beta = of("LayerNormalization", { scale: false }, { "norm/beta": [4] }, 4);
    expect([...beta.tensors.get("norm.weight")!.data()]).toEqual([1, 1, 1, 1]);
    const bare = { scale: false, center: false, groups: 2, epsilon: 0.1 };
    expect(of("GroupNormalization", bare, {}, 2, 3, 4).graph!.nodes[1]).toMatchObject({
      op: "groupNorm",
      attrs: { numGroups: 2, numChannels: 4, eps: 0.1 },
      weights: {},
    });
    for (const [name, config] of [
      ["GroupNormalization", { groups: -1 }],
      ["Addons>InstanceNormalization", {}],
    ] as const) {
      const { graph } = of(name, config, both, 2, 3, 4);
      expect(graph!.nodes[1], name).toMatchObject({ attrs: { numGroups: 4, numChannels: 4 } });
    }
    expect(of("RMSNormalization", {}, { "norm/scale": [4] }, 4).graph!.nodes[1]).toMatchObject({
      op: "rmsNorm",
      attrs: { numFeatures: 4, eps: 1e-6 },
    });
    expect(of("LayerNormalization", { axis: 1 }, both, 2, 3, 4).graphError!.message).toContain(
      "norm (LayerNormalization): it normalises along another axis than the channels",
    );
  });

  it("tells the two hard sigmoids apart", () => {
    const model = sequential(
      layer("Activation", { name: "a", activation: "hard_sigmoid", batch_input_shape: [null, 1] }),
    );
    const image = { shape: [1, 1, 1] as const, data: Float64Array.of(1) };
    expect(run(convert(model), image)[0]).toBeCloseTo(0.7, 9);
    expect(run(convert(model, {}, undefined, true), image)[0]).toBeCloseTo(1 / 6 + 0.5, 9);
  });

  it("reads models inside models, and finds the input's shape in the innermost", () => {
    const inner = sequential(
      layer("Dense", { name: "first", units: 3, batch_input_shape: [null, 2] }),
    );
    const model = sequential(
      { ...inner, name: "body" },
      layer("Dense", {
        name: "second",
        units: 1,
        activation: { class_name: "LeakyReLU", config: { alpha: 0.3 } },
      }),
    );
    const { graph, graphError } = convert(model, {
      "body/first/kernel": [2, 3],
      "body/first/bias": [3],
      "second/kernel": [3, 1],
      "second/bias": [1],
    });
    if (graphError) throw graphError;
    expect(graph!.inputShape).toEqual([2]);
    expect(graph!.nodes.map(({ op }) => op)).toEqual(["input", "linear", "linear", "leakyRelu"]);
  });

  it("takes pictures of one channel without their third side", () => {
    const { graph } = convert(
      sequential(
        layer("Flatten", { name: "flat", batch_input_shape: [null, 28, 28] }),
        layer("Dense", { name: "d", units: 2 }),
      ),
      { "d/kernel": [784, 2], "d/bias": [2] },
    );
    expect(graph!.inputShape).toEqual([1, 28, 28]);
  });

  it("keeps what is only for training out of the way, and says so", () => {
    const { graph, builder } = convert(
      sequential(
        layer("RandomFlip", {
          name: "flip",
          mode: "horizontal",
          batch_input_shape: [null, 4, 4, 3],
        }),
        layer("GlobalAveragePooling2D", { name: "pool" }),
      ),
    );
    expect(graph!.nodes.map(({ op }) => op)).toEqual(["input", "globalAvgPool"]);
    expect(builder.notes).toEqual([
      'Layer "flip" (RandomFlip) works in training only and was left out.',
    ]);
  });

  it("lists everything that can't be built", () => {
    const { graphError } = convert(
      functional(
        "e",
        input(8, 8, 3),
        layer("Lambda", { name: "a" }, from("in")),
        layer("ReLU", { name: "b", threshold: 1 }, from("in")),
        layer("Softmax", { name: "c", axis: 1 }, from("in")),
        layer("Concatenate", { name: "d", axis: 2 }, from("in", "in")),
        layer("Add", { name: "e" }, from("a", "nowhere")),
      ),
    );
    expect(graphError!.message).toMatch(
      /6 layers can't be built:\n {2}a \(Lambda\): it holds Python code.*\n {2}b \(ReLU\): a threshold.*\n {2}c \(Softmax\): .*\n {2}d \(Concatenate\): .*\n {2}e \(Add\): its inputs can't be found/,
    );
  });

  it("says how often a layer occurs that it can't build", () => {
    const { graphError } = convert(
      sequential(
        layer("Embedding", { name: "words", batch_input_shape: [null, 8] }),
        layer("LSTM", { name: "lstm_1" }),
        layer("LSTM", { name: "lstm_2" }),
        layer("GRU", { name: "gru" }),
        layer("LSTM", { name: "lstm_3" }),
        layer("Conv3D", { name: "conv" }),
      ),
    );
    expect(graphError!.message).toMatch(
      /6 layers can't be built:\n {2}words \(Embedding\): embeddings aren't.*\n {2}lstm_1 and 2 more \(LSTM\): recurrent.*\n {2}gru \(GRU\): .*\n {2}conv \(Conv3D\): three-dim/,
    );
  });

  it("says what is wrong with a setting", () => {
    const broken = (config: JsonObject) => () =>
      convert(
        sequential(layer("Conv2D", { name: "c", batch_input_shape: [null, 8, 8, 3], ...config })),
        { "c/kernel": [3, 3, 3, 2], "c/bias": [2] },
      );
    expect(broken({ strides: [0, 1] })).toThrow(
      /model \(keras-h5\): layer "c": its strides is \[0,1\]/,
    );
    expect(broken({ padding: "causal" })).toThrow(/layer "c": its padding is "causal"/);
    expect(broken({ use_bias: "yes" })).toThrow(/layer "c": its use_bias is "yes"/);
    expect(broken({ name: "other" })).toThrow(
      /layer "other": its weights must be kernel, bias, and the file has none/,
    );
  });

  it("doesn't unfold a small file without end", () => {
    let model = sequential(
      layer("Activation", { name: "a", activation: "relu", batch_input_shape: [null, 2] }),
    ) as JsonObject;
    for (let depth = 0; depth < 14; depth++) {
      const name = `m${depth}`;
      const calls = Array.from({ length: 4 }, (_, i) => [
        [i === 0 ? "in" : name, Math.max(0, i - 1), 0, {}],
      ]);
      model = {
        class_name: "Functional",
        config: {
          name: `outer${depth}`,
          layers: [input(2), { ...model, name, inbound_nodes: calls }],
          input_layers: [["in", 0, 0]],
          output_layers: [[name, 3, 0]],
        },
      };
    }
    expect(() => convert(model)).toThrow(/the network has more than 20000 layers/);
  });
});
