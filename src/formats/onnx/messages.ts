import type { Fail } from "../errors.ts";
import { textRecord } from "../json.ts";
import type { Bytes } from "../sources/ranges.ts";
import { type Field, pushFloats, pushIntegers, readFields, textOf } from "./wire.ts";

/** The messages of ONNX as far as they are needed. Definitions: onnx/onnx.proto, IR version 3 to 10. */
export interface OnnxModel {
  readonly producer: string;
  readonly irVersion: number;
  /** Version of the plain operators. */
  readonly opset: number;
  readonly metadata: Record<string, string>;
  readonly graph: OnnxGraph | undefined;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxAttribute {
  readonly f: number;
  readonly i: number;
  readonly s: string;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly tensor?: OnnxTensor;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** `TensorProto.DataType`. */
  readonly type: number;
  readonly raw?: Bytes;
  /** Elements in typed fields, by the field's number, in the pieces in which they came. */
  readonly typed: ReadonlyMap<number, readonly Bytes[]>;
  /** Where the elements lie when they are in another file: "location", "offset", "length". */
  readonly external?: Readonly<Record<string, string>>;
}

export interface OnnxValueInfo {
  readonly name: string;
  /** Undefined where the file doesn't tell the rank; null for an open side. */
  readonly shape?: readonly (number | null)[];
}

/** Reads the model. @throws the error of `fail` when it is damaged. */
export function readModel(bytes: Bytes, fail: Fail): OnnxModel {
  const model = { producer: "", irVersion: 0, opset: 0, metadata: textRecord() };
  let graph: OnnxGraph | undefined;
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) model.irVersion = field.value;
    else if (field.number === 2) model.producer = textOf(field);
    else if (field.number === 7) graph = readGraph(field.bytes, fail);
    else if (field.number === 8) model.opset = readOpset(field.bytes, fail) ?? model.opset;
    else if (field.number === 14) {
      const [key, value] = readEntry(field.bytes, fail);
      model.metadata[key] = value;
    }
  }
  return { ...model, graph };
}

/** The version, if it is that of the plain operators. */
function readOpset(bytes: Bytes, fail: Fail): number | undefined {
  let domain = "";
  let version = 1;
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = field.value;
  }
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

function readEntry(bytes: Bytes, fail: Fail): [string, string] {
  const entry: [string, string] = ["", ""];
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) entry[0] = textOf(field);
    else if (field.number === 2) entry[1] = textOf(field);
  }
  return entry;
}

function readGraph(bytes: Bytes, fail: Fail): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) nodes.push(readNode(field.bytes, fail));
    else if (field.number === 2) name = textOf(field);
    else if (field.number === 5) initializers.push(readTensor(field.bytes, fail));
    else if (field.number === 11) inputs.push(readValueInfo(field.bytes, fail));
    else if (field.number === 12) outputs.push(readValueInfo(field.bytes, fail));
  }
  return { name, nodes, initializers, inputs, outputs };
}

function readNode(bytes: Bytes, fail: Fail): OnnxNode {
  const node = { name: "", op: "", domain: "" };
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) node.name = textOf(field);
    else if (field.number === 4) node.op = textOf(field);
    else if (field.number === 5) attributes.set(...readAttribute(field.bytes, fail));
    else if (field.number === 7) node.domain = textOf(field);
  }
  return { ...node, inputs, outputs, attributes };
}

function readAttribute(bytes: Bytes, fail: Fail): [string, OnnxAttribute] {
  let name = "";
  const attribute = { f: 0, i: 0, s: "" };
  const floats: number[] = [];
  const ints: number[] = [];
  let tensor: OnnxTensor | undefined;
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) attribute.f = field.value;
    else if (field.number === 3) attribute.i = field.value;
    else if (field.number === 4) attribute.s = textOf(field);
    else if (field.number === 5) tensor = readTensor(field.bytes, fail);
    else if (field.number === 7) pushFloats(floats, field);
    else if (field.number === 8) pushIntegers(ints, field, fail);
  }
  return [name, { ...attribute, floats, ints, tensor }];
}

/** Fields of a tensor that hold its elements: float, int32, int64, double and uint64. */
const ELEMENT_FIELDS: ReadonlySet<number> = new Set([4, 5, 7, 10, 11]);

function readTensor(bytes: Bytes, fail: Fail): OnnxTensor {
  const tensor = { name: "", type: 0 };
  const dims: number[] = [];
  const typed = new Map<number, Bytes[]>();
  let raw: Bytes | undefined;
  let external: Record<string, string> | undefined;
  let isExternal = false;
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) pushIntegers(dims, field, fail);
    else if (field.number === 2) tensor.type = field.value;
    else if (field.number === 8) tensor.name = textOf(field);
    else if (field.number === 9) raw = field.bytes;
    else if (field.number === 13) {
      external ??= textRecord();
      const [key, value] = readEntry(field.bytes, fail);
      external[key] = value;
    } else if (field.number === 14) isExternal = field.value === 1;
    else if (ELEMENT_FIELDS.has(field.number)) addPiece(typed, field);
  }
  return {
    ...tensor,
    dims,
    raw,
    typed,
    external: isExternal ? (external ?? textRecord()) : undefined,
  };
}

/** Old writers put each number into a field of its own; it is packed here as newer ones do it. */
function addPiece(typed: Map<number, Bytes[]>, field: Field): void {
  const pieces = typed.get(field.number);
  const piece = field.wire === 2 ? field.bytes : packed(field);
  if (pieces) pieces.push(piece);
  else typed.set(field.number, [piece]);
}

function packed({ wire, value }: Field): Uint8Array {
  if (wire === 5) return new Uint8Array(Float32Array.of(value).buffer);
  if (wire === 1) return new Uint8Array(Float64Array.of(value).buffer);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(Number.isSafeInteger(value) ? value : 0));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function readValueInfo(bytes: Bytes, fail: Fail): OnnxValueInfo {
  let name = "";
  let shape: (number | null)[] | undefined;
  for (const field of readFields(bytes, fail)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) shape = readType(field.bytes, fail);
  }
  return { name, shape };
}

/** The shape of a tensor type: of TypeProto the field 1, of that the field 2, of that the dimensions. */
function readType(bytes: Bytes, fail: Fail): (number | null)[] | undefined {
  let shape: (number | null)[] | undefined;
  for (const type of readFields(bytes, fail)) {
    if (type.number !== 1) continue;
    for (const part of readFields(type.bytes, fail)) {
      if (part.number !== 2) continue;
      shape = [];
      for (const dim of readFields(part.bytes, fail)) {
        if (dim.number === 1) shape.push(readDimension(dim.bytes, fail));
      }
    }
  }
  return shape;
}

function readDimension(bytes: Bytes, fail: Fail): number | null {
  let side: number | null = null;
  for (const field of readFields(bytes, fail)) {
    // 0 and less stand for an open side, too.
    if (field.number === 1 && Number.isSafeInteger(field.value) && field.value > 0)
      side = field.value;
  }
  return side;
}
