/** What the readers and writers make of a layer: a line of the table in docs/layers.md. */
import { expect } from "vitest";
import { formats } from "webgraft";
import { failing } from "../../../src/formats/errors.ts";
import { ACTIVATIONS } from "../../../src/formats/graph/activations.ts";
import type { NetworkGraph } from "../../../src/formats/index.ts";
import { writeKerasH5 } from "../../../src/formats/keras/write/h5.ts";
import { readMessage } from "../../../src/formats/onnx/fields.ts";
import { MODEL } from "../../../src/formats/onnx/schema.ts";
import { writeOnnx } from "../../../src/formats/onnx/write/index.ts";
import { writeTfjs } from "../../../src/formats/tfjs/write.ts";
import { tensorsOf, waves } from "../../formats/graph_samples.ts";
import { interpret } from "../../formats/interpret.ts";
import { KERAS_LAYERS } from "../../formats/keras/layer_files.ts";
import type { LayerSample } from "../../formats/layer_samples.ts";
import { onnxModel } from "../../formats/onnx/protobuf.ts";
import { GRAPH_LAYERS } from "../../formats/tfjs/graph_layers.ts";
import { expectClose } from "../../ops/compare.ts";

type Files = Uint8Array | Readonly<Record<string, Uint8Array>>;

/** A layer as a file has it, or why it can't. */
type Written =
  | { readonly files: Files; readonly names: readonly string[] }
  | { readonly why: string };

const text = (bytes: Uint8Array | undefined) => new TextDecoder("latin1").decode(bytes);
const fail = failing("the sample", "onnx");

/** A sample's second branch isn't what it is about. */
const isOfLayer = (name: string) => name !== "branch";

const operatorsOf = (bytes: Uint8Array) =>
  readMessage(MODEL, bytes, fail)
    .graph!.nodes.filter(({ name }) => isOfLayer(name))
    .map(({ op }) => op);

/** Of a model's configuration, wherever it lies: classes, and functions where a class has many. */
function layersOf(configuration: string): string[] {
  const layers = configuration.matchAll(/"class_name":\s*"(\w+)",\s*"config":\s*\{([^}]*)/g);
  return [...layers].flatMap(([, className, config]) => {
    const value = (key: string) => config!.match(`"${key}":\\s*"([^"]*)"`)?.[1] ?? "";
    if (["InputLayer", "Functional", "Sequential"].includes(className!)) return [];
    if (!isOfLayer(value("name"))) return [];
    return [className === "Activation" ? `Activation "${value("activation")}"` : className!];
  });
}

const WRITERS = {
  onnx: ({ graph, weights }: LayerSample) => {
    const files = writeOnnx(graph, weights);
    return { files, names: operatorsOf(files) };
  },
  keras: ({ graph, weights }: LayerSample) => {
    const files = writeKerasH5(graph, weights);
    return { files, names: layersOf(text(files)) };
  },
  tfjs: ({ graph, weights }: LayerSample) => {
    const files = writeTfjs(graph, weights);
    return { files, names: layersOf(text(files["model.json"])) };
  },
};

function written(format: keyof typeof WRITERS, layer: LayerSample): Written {
  try {
    return WRITERS[format](layer);
  } catch (error) {
    const [, why] = String(error).match(/can't be written:\n[^:]*: ([^\n]*?)\.? *\n/) ?? [];
    if (why === undefined) throw error;
    return { why };
  }
}

/** Whether Graft reads its own file again; the outputs must be the same then. */
async function isRead(files: Files, layer: LayerSample): Promise<boolean> {
  const { graphError } = await formats.loadWeights(files);
  if (graphError) {
    expect(graphError.message).toMatch(/layers? can't be built:/);
    return false;
  }
  const { graph, tensors } = await read(files);
  const image = waves(layer.graph.inputShape);
  const [found] = interpret(graph, tensors, image);
  const [expected] = interpret(layer.graph, tensorsOf(layer.weights), image);
  expectClose(layer.label, found!, expected!, [found!.length], 1e-5);
  return true;
}

async function read(files: Files) {
  const file = await formats.loadWeights(files);
  return { graph: formats.requireArchitecture(file), tensors: file.tensors };
}

/** Of a file that Graft reads and doesn't write: the layer comes out of it, as one. */
async function expectFound(files: Files, layer: LayerSample): Promise<void> {
  const { graph }: { graph: NetworkGraph } = await read(files);
  expect(graph.nodes.map(({ op }) => op)).toContain(layer.op);
}

/** Operators that have a name in newer versions of ONNX. */
async function newerNames({ op, label, graph }: LayerSample): Promise<string[]> {
  if (!(op in ACTIVATIONS) || label !== op) return [];
  const { newerOnnx } = ACTIVATIONS[op as keyof typeof ACTIVATIONS];
  if (!newerOnnx) return [];
  const node = { op: newerOnnx, inputs: ["x"], outputs: ["y"] };
  const bytes = onnxModel([node], [], {
    inputShape: [1, ...graph.inputShape.map(Number)],
    opset: 22,
  });
  const found = await read(bytes);
  expect(found.graph.nodes.map((one) => one.op)).toContain(op);
  return [newerOnnx];
}

/** What a TensorFlow graph is made of, and what a layers model in TF.js's JSON is. */
function namesIn(files: Readonly<Record<string, Uint8Array>>): string[] {
  const json = text(files["model.json"]);
  if (!json.includes('"graph-model"')) return layersOf(json);
  const { node } = JSON.parse(json).modelTopology as { node: { name: string; op: string }[] };
  const layers = node.filter(({ name, op }) => isOfLayer(name) && op !== "Const");
  return layers.map(({ op }) => op).filter((op) => op !== "Placeholder");
}

const quoted = (names: readonly string[]) =>
  [...new Set(names)].map((name) => `\`${name}\``).join(", ");

/** Lines of the table, and the reasons that stand below it. */
export class LayerTable {
  readonly #rows: string[] = [];
  readonly #notes: string[] = [];

  get length(): number {
    return this.#rows.length;
  }

  /** @param tensors of the layer in a state dict. */
  async add(layer: LayerSample, tensors: readonly string[]): Promise<void> {
    const [onnx, keras, tfjs] = (["onnx", "keras", "tfjs"] as const).map((format) =>
      written(format, layer),
    );
    const cells = [
      layer.label,
      await this.#onnxNames(onnx!, layer),
      await this.#kerasNames(keras!, tfjs!, layer),
      await this.#readable(GRAPH_LAYERS[layer.label], layer),
      tensors.length > 0 ? quoted(tensors) : "none",
      ...[onnx!, keras!, tfjs!].map((file) => ("files" in file ? "✓" : this.#refused(file.why))),
      "✓",
    ];
    this.#rows.push(`| ${cells.join(" | ")} |`);
  }

  async #onnxNames(file: Written, layer: LayerSample): Promise<string> {
    if ("why" in file || !(await isRead(file.files, layer))) return "–";
    const newer = await newerNames(layer);
    const own = quoted(file.names);
    return newer.length > 0 ? `${quoted(newer)}; or ${own}` : own;
  }

  async #kerasNames(keras: Written, tfjs: Written, layer: LayerSample): Promise<string> {
    if ("why" in keras) return this.#readable(KERAS_LAYERS[layer.label], layer);
    const isReadable = await isRead(keras.files, layer);
    if ("files" in tfjs) expect(await isRead(tfjs.files, layer)).toBe(isReadable);
    return isReadable ? quoted(keras.names) : "–";
  }

  async #readable(
    files: Readonly<Record<string, Uint8Array>> | undefined,
    layer: LayerSample,
  ): Promise<string> {
    if (!files) return "–";
    await expectFound(files, layer);
    return quoted(namesIn(files));
  }

  #refused(why: string): string {
    if (!this.#notes.includes(why)) this.#notes.push(why);
    return `–<sup>${this.#notes.indexOf(why) + 1}</sup>`;
  }

  toString(): string {
    return [
      "| layer | from ONNX | from Keras, TF.js layers | from TensorFlow graphs | state dict | to ONNX | to Keras | to TF.js | gradient |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      ...this.#rows,
      "",
      ...this.#notes.map((why, i) => `${i + 1}. ${why}`),
    ].join("\n");
  }
}
