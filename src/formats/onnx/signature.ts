import { type Bytes, type ByteView, viewOf } from "../sources/ranges.ts";

/** Fields of ONNX's ModelProto: number → wire type (0 varint, 2 length and bytes). */
const FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 0], // ir_version
  [2, 2], // producer_name
  [3, 2], // producer_version
  [4, 2], // domain
  [5, 0], // model_version
  [6, 2], // doc_string
  [7, 2], // graph
  [8, 2], // opset_import
  [14, 2], // metadata_props
  [20, 2], // training_info
  [25, 2], // functions
]);

const GRAPH = 7;
const OPSET = 8;

/**
 * Whether bytes look like an ONNX model. Protocol buffers have no signature: this walks the outermost fields, which
 * must all be a model's, and a graph or an opset among them. The last may be cut off: then the reader says so.
 */
export function looksLikeOnnx(bytes: Bytes): boolean {
  const view = viewOf(bytes);
  const cursor = { at: 0 };
  let hasModel = false;
  while (cursor.at < view.byteLength) {
    const tag = varint(view, cursor);
    const field = tag >>> 3;
    if (FIELDS.get(field) !== (tag & 7)) return false;
    const value = varint(view, cursor);
    if (Number.isNaN(value)) return hasModel;
    hasModel ||= field === GRAPH || field === OPSET;
    if ((tag & 7) === 2) cursor.at += value;
  }
  return hasModel;
}

/** NaN where it is cut off or longer than ten bytes. */
function varint(view: ByteView, cursor: { at: number }): number {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    if (cursor.at >= view.byteLength) return Number.NaN;
    const byte = view.getUint8(cursor.at++);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  return Number.NaN;
}
