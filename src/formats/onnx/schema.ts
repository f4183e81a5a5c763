import {
  bytes,
  float,
  floats,
  integer,
  integers,
  type MessageOf,
  message,
  messages,
  pieces,
  text,
  texts,
} from "./fields.ts";

// The messages of ONNX as far as they are needed, for reading and writing. Definitions: onnx/onnx.proto, IR version 3
// to 10.

const ENTRY = { key: text(1), value: text(2) };

export const TENSOR = {
  dims: integers(1),
  /** `TensorProto.DataType`. */
  type: integer(2),
  // The elements, in one of these fields by their type, or raw, or in another file.
  float: pieces(4),
  int32: pieces(5),
  int64: pieces(7),
  name: text(8),
  raw: bytes(9),
  double: pieces(10),
  uint64: pieces(11),
  /** Where the elements lie when they are in another file: "location", "offset", "length". */
  external: messages(13, ENTRY),
  /** 1: in another file. */
  location: integer(14),
};

export const ATTRIBUTE = {
  name: text(1),
  f: float(2),
  i: integer(3),
  s: text(4),
  tensor: message(5, TENSOR),
  floats: floats(7),
  ints: integers(8),
  /** `AttributeProto.AttributeType`. */
  type: integer(20),
};

export const NODE = {
  inputs: texts(1),
  outputs: texts(2),
  name: text(3),
  op: text(4),
  attributes: messages(5, ATTRIBUTE),
  domain: text(7),
};

/** A side's length, or a name where it is left open. */
const SIDE = { length: integer(1), name: text(2) };
const SHAPE = { sides: messages(1, SIDE) };
const TENSOR_TYPE = { elements: integer(1), shape: message(2, SHAPE) };
export const VALUE = { name: text(1), type: message(2, { tensor: message(1, TENSOR_TYPE) }) };

const GRAPH = {
  nodes: messages(1, NODE),
  name: text(2),
  initializers: messages(5, TENSOR),
  inputs: messages(11, VALUE),
  outputs: messages(12, VALUE),
};

const OPSET = { domain: text(1), version: integer(2) };

export const MODEL = {
  irVersion: integer(1),
  producer: text(2),
  graph: message(7, GRAPH),
  opsets: messages(8, OPSET),
  metadata: messages(14, ENTRY),
};

export type OnnxModel = MessageOf<typeof MODEL>;
export type OnnxGraph = MessageOf<typeof GRAPH>;
export type OnnxNode = MessageOf<typeof NODE>;
export type OnnxAttribute = MessageOf<typeof ATTRIBUTE>;
export type OnnxTensor = MessageOf<typeof TENSOR>;
export type OnnxValue = MessageOf<typeof VALUE>;
