import { PbfWriter } from "pbf";
import { textRecord } from "../../json.ts";

/** An attribute of a node. `ints` and `floats` are lists, the others single. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string };

export interface NodeToWrite {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface InitializerToWrite {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: "float" | "int64";
  /** Little-endian elements. */
  readonly bytes: Uint8Array;
}

/** An input or output: a number or, for a side that is left open, its name. */
export interface ValueToWrite {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface ModelToWrite {
  readonly name: string;
  readonly opset: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: readonly NodeToWrite[];
  readonly initializers: readonly InitializerToWrite[];
  readonly inputs: readonly ValueToWrite[];
  readonly outputs: readonly ValueToWrite[];
}

/** Version of the format that goes with opset 13. */
const IR_VERSION = 7;

/** Encodes a ModelProto. Field numbers: onnx/onnx.proto. */
export function encodeModel(model: ModelToWrite): Uint8Array {
  // Room for everything at once: growing would copy hundreds of megabytes several times.
  const size = model.initializers.reduce((sum, { bytes }) => sum + bytes.length + 256, 2 ** 20);
  const writer = new PbfWriter(new Uint8Array(size));
  writer.writeVarintField(1, IR_VERSION);
  writer.writeStringField(2, "graft");
  writer.writeMessage(7, writeGraph, model);
  writer.writeMessage(8, writeOpset, model.opset);
  const metadata = Object.assign(textRecord(), model.metadata);
  for (const entry of Object.entries(metadata)) writer.writeMessage(14, writeEntry, entry);
  return writer.finish();
}

function writeOpset(version: number, writer: PbfWriter): void {
  writer.writeStringField(1, "");
  writer.writeVarintField(2, version);
}

function writeEntry([key, value]: readonly [string, string], writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeStringField(2, value);
}

function writeGraph(model: ModelToWrite, writer: PbfWriter): void {
  for (const node of model.nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, model.name);
  for (const initializer of model.initializers) writer.writeMessage(5, writeTensor, initializer);
  for (const input of model.inputs) writer.writeMessage(11, writeValue, input);
  for (const output of model.outputs) writer.writeMessage(12, writeValue, output);
}

function writeNode(
  { op, name, inputs, outputs, attributes }: NodeToWrite,
  writer: PbfWriter,
): void {
  for (const input of inputs) writer.writeStringField(1, input);
  for (const output of outputs) writer.writeStringField(2, output);
  writer.writeStringField(3, name);
  writer.writeStringField(4, op);
  for (const entry of Object.entries(attributes)) writer.writeMessage(5, writeAttribute, entry);
}

/** `AttributeProto.AttributeType`. */
const TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

function writeAttribute([name, attribute]: readonly [string, Attribute], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  if (attribute.kind === "float") writer.writeFloatField(2, attribute.value);
  else if (attribute.kind === "int") writer.writeVarintField(3, attribute.value);
  else if (attribute.kind === "string") writer.writeStringField(4, attribute.value);
  else for (const value of attribute.value) writer.writeVarintField(8, value);
  writer.writeVarintField(20, TYPES[attribute.kind]);
}

function writeTensor({ name, dims, type, bytes }: InitializerToWrite, writer: PbfWriter): void {
  for (const side of dims) writer.writeVarintField(1, side);
  writer.writeVarintField(2, type === "float" ? 1 : 7);
  writer.writeStringField(8, name);
  writer.writeBytesField(9, bytes);
}

/** ValueInfoProto: name, and type → tensor → element type and shape → sides. */
function writeValue({ name, shape }: ValueToWrite, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, (_, type) => type.writeMessage(1, writeTensorType, shape), null);
}

function writeTensorType(shape: ValueToWrite["shape"], writer: PbfWriter): void {
  writer.writeVarintField(1, 1);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: ValueToWrite["shape"], writer: PbfWriter): void {
  for (const side of shape) writer.writeMessage(1, writeSide, side);
}

function writeSide(side: number | string, writer: PbfWriter): void {
  if (typeof side === "number") writer.writeVarintField(1, side);
  else writer.writeStringField(2, side);
}
