import { readFileSync } from "node:fs";
import { gzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { detectFormat } from "../../../src/formats/detect/detect.ts";
import {
  WeightFileError,
  writeNpy,
  writeNpz,
  writePytorch,
  writeSafetensors,
} from "../../../src/formats/index.ts";
import { looksLikeOnnx } from "../../../src/formats/onnx/signature.ts";
import { sharedData } from "../../shared_data.ts";
import { randomNumbers } from "../fuzz.ts";
import { encode } from "../onnx/protobuf.ts";
import { sampleTensors } from "../samples.ts";

const text = (value: string) => Uint8Array.from(value, (char) => char.charCodeAt(0));
const json = (value: unknown) => text(JSON.stringify(value));
const behind = (offset: number, bytes: Uint8Array) => {
  const file = new Uint8Array(offset + bytes.length);
  file.set(bytes, offset);
  return file;
};

/** The beginnings of TensorFlow's messages: SavedModel { version, graphs }, GraphDef { nodes { name, op } }. */
const savedModel = encode({ 1: 1, 2: { 1: { 4: ["serve"] }, 2: { 1: { 1: "x", 2: "Const" } } } });
const frozenGraph = (name: string, op: string) =>
  encode({
    1: [
      { 1: name, 2: op, 5: { 1: "dtype" } },
      { 1: "y", 2: "Relu", 3: name },
    ],
  });

describe("detectFormat", () => {
  const samples = sampleTensors(["f32"]);
  const hdf5 = text("\x89HDF\r\n\x1a\n....");

  it.each([
    ["safetensors", writeSafetensors(samples)],
    ["safetensors", writeSafetensors([])],
    ["pytorch", writePytorch(samples)],
    ["pytorch", text("\x80\x02\x8a\x0a")],
    ["npz", writeNpz(samples)],
    ["npy", writeNpy(samples[0])],
    ["keras", hdf5],
    ["keras", behind(512, hdf5)],
    ["keras", behind(2048, hdf5)],
    ["keras", zipSync({ "metadata.json": text("{}"), "model.weights.h5": hdf5 })],
    ["tfjs", json({ modelTopology: {}, weightsManifest: [] })],
    ["tfjs", text('\n {"weightsManifest": []}')],
    ["tfjs", json([{ weights: [], paths: ["net-shard1"] }])],
    ["keras-json", json({ class_name: "Sequential", config: { layers: [] } })],
    ["index", json({ weight_map: {} })],
    ["onnx", Uint8Array.of(8, 7, 18, 1, 65, 58, 2, 10, 0, 66, 2, 16, 13)],
  ] as [string, Uint8Array][])("finds %s by the content", (format, bytes) => {
    expect(detectFormat(bytes, "anything.bin").name).toBe(format);
  });

  it("takes a safetensors header of 123 bytes, whose length begins like JSON", () => {
    const header = text('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'.padEnd(0x7b));
    const file = behind(8, header);
    file[0] = 0x7b;
    expect(detectFormat(file, "x").name).toBe("safetensors");
  });

  it("leaves a header of impossible length to the reader of safetensors", () => {
    expect(detectFormat(writeSafetensors(samples).fill(255, 0, 8), "x").name).toBe("safetensors");
  });

  it.each([
    [new Uint8Array(0), "the file is empty"],
    [new Uint8Array(100), "it begins with nothing but zeros"],
    [
      text("version https://git-lfs.github.com/spec/v1\noid"),
      'this is a Git LFS pointer, not the weights. Run "git lfs pull"',
    ],
    [text("<!DOCTYPE html><html>"), "this is a web page or XML"],
    [gzipSync(text("abc")), "this file is compressed with gzip. Unpack it"],
    [text("GGUF\x03\0\0\0"), "this is a GGUF model"],
    [text("\x1c\0\0\0TFL3..."), "this is a TensorFlow Lite model"],
    [text("\xff\xd8\xff\xe0abcdefgh"), "this is a JPEG image"],
    [savedModel, "this is a TensorFlow SavedModel, which can't be read. Convert the folder"],
    [savedModel, "tensorflowjs_converter --input_format=tf_saved_model FOLDER NEW_FOLDER"],
    [frozenGraph("input", "Placeholder"), "this is a frozen TensorFlow graph"],
    [frozenGraph("a/b.c/read", "VarIsInitializedOp"), "--input_format=tf_frozen_model"],
    [
      zipSync({ "net/code/net.py": text("x"), "net/tensors/0": text("x") }),
      "a TorchScript program",
    ],
    [json([{ weights: [] }]), "JSON: it is neither a TensorFlow.js model.json"],
    [text("hello, world"), "it is no weight file that Graft knows. Graft reads safetensors"],
    [
      json({ architectures: ["VGG"] }),
      "JSON: it is neither a TensorFlow.js model.json, a Keras network nor an index",
    ],
    [text("{broken"), "JSON: it isn't valid JSON"],
    [
      zipSync({ "readme.txt": text("x") }),
      "archive: it holds no weights that Graft knows (readme.txt)",
    ],
    [zipSync({}), "archive: it is empty"],
    [
      text("PK\x03\x04garbage..........................."),
      "the zip archive's directory is missing",
    ],
  ] as [Uint8Array, string][])("says what else it is: %#", (bytes, message) => {
    expect(() => detectFormat(bytes, "w.bin")).toThrow(WeightFileError);
    expect(() => detectFormat(bytes, "w.bin")).toThrow(message);
    expect(() => detectFormat(bytes, "w.bin")).toThrow("w.bin: ");
  });

  it.each([
    "weights.bin",
    "web/my-model.weights.bin",
    "C:\\web\\group1-shard2of3.bin",
    "face_landmark_68_model-shard1",
  ])("says what %j belongs to", (name) => {
    const floats = new Uint8Array(Float32Array.of(0.1, 0.2, 0.3).buffer);
    expect(() => detectFormat(floats, name)).toThrow(
      `${name}: these are the bare numbers of a TensorFlow.js model, which can't be read alone. Pass the model.json`,
    );
    expect(() => detectFormat(floats, "pytorch_model.bin")).toThrow("it is no weight file");
  });

  it("answers any bytes with a format or a typed error", () => {
    const random = randomNumbers(3);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: random() * 40 }, () => random() * 256);
      try {
        detectFormat(bytes, "x");
      } catch (error) {
        expect(error).toBeInstanceOf(WeightFileError);
      }
    }
  });
});

describe("looksLikeOnnx", () => {
  it.each([
    ["cut off behind the graph's beginning", [8, 7, 58, 200, 1, 10], true],
    ["a graph of which only the length is left", [58, 255], false],
    ["fields of another message", [10, 2, 1, 2, 58, 0], false],
    ["no graph and no opset", [8, 1, 18, 2, 1, 2], false],
    ["nothing", [], false],
  ] as [string, number[], boolean][])("%s", (_, bytes, answer) => {
    expect(looksLikeOnnx(Uint8Array.from(bytes))).toBe(answer);
  });
});

const REAL: [string, string][] = [
  ["vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors", "safetensors"],
  ["mnist_cnn_burn/mnist.safetensors", "safetensors"],
  ["cifar10_resnet20/resnet20-12fca82f.th", "pytorch"],
  ["tinyvgg_mrdbourke/05_going_modular_script_mode_tinyvgg_model.pth", "pytorch"],
  ["cifar10_resnet8_mlperf_tiny/pretrainedResnet.h5", "keras"],
  ["mnist_cnn_onnx/opt-mnist.onnx", "onnx"],
  ["tinyvgg_cnn_explainer_tfjs/model.json", "tfjs"],
  ["mobilenet_v1_025_224_tfjs/mobilenet_model.json", "tfjs"],
];

describe.each(REAL)("the real file %s", (path, format) => {
  const file = sharedData(`weights/${path}`);
  it.skipIf(!file)(`is ${format}`, () => {
    expect(detectFormat(new Uint8Array(readFileSync(file ?? "")), "x").name).toBe(format);
  });
});
