import { PbfWriter } from "pbf";

/** A message to be encoded: field number → value or values. Whole numbers are varints, others floats, `Float32Array`s packed floats. */
export interface Message {
  readonly [field: number]: Part;
}
export type Part = number | string | Uint8Array | Float32Array | readonly Part[] | Message;

export function encode(message: Message): Uint8Array {
  const writer = new PbfWriter();
  for (const [number, part] of Object.entries(message)) writePart(writer, Number(number), part);
  return writer.finish().slice();
}

function writePart(writer: PbfWriter, number: number, part: Part): void {
  if (typeof part === "number" && Number.isInteger(part)) writer.writeVarintField(number, part);
  else if (typeof part === "number") writer.writeFloatField(number, part);
  else if (typeof part === "string") writer.writeStringField(number, part);
  else if (part instanceof Uint8Array) writer.writeBytesField(number, part);
  else if (part instanceof Float32Array)
    writer.writeBytesField(number, new Uint8Array(part.buffer));
  else if (isList(part)) for (const one of part) writePart(writer, number, one);
  else writer.writeBytesField(number, encode(part));
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

export interface NodeSketch {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string>>;
}

/** A model of nodes and initializers; the input is "x", the output "y". */
export function onnxModel(
  nodes: readonly NodeSketch[],
  initializers: readonly Message[],
  {
    inputShape = [1, 2, 5, 4],
    opset = 13,
  }: { inputShape?: readonly (number | string)[]; opset?: number } = {},
): Uint8Array {
  const dims = inputShape.map(
    (side): Message => (typeof side === "number" ? { 1: side } : { 2: side }),
  );
  const type = { 1: { 1: 1, 2: { 1: dims } } };
  return encode({
    1: 8,
    2: "by hand",
    7: {
      1: nodes.map(({ op, inputs, outputs, attributes = {} }) => ({
        1: inputs,
        2: outputs,
        4: op,
        5: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      })),
      2: "graph",
      5: initializers,
      11: [{ 1: "x", 2: type }],
      12: [{ 1: "y" }],
    },
    8: { 1: "", 2: opset },
  });
}

function attribute(name: string, value: number | readonly number[] | string): Message {
  if (typeof value === "string") return { 1: name, 4: value, 20: 3 };
  if (typeof value !== "number") return { 1: name, 8: value, 20: 7 };
  return Number.isInteger(value) ? { 1: name, 3: value, 20: 2 } : { 1: name, 2: value, 20: 1 };
}

/** A tensor of float32 whose element i is sin(i). */
export function floats(name: string, dims: readonly number[], more: Message = {}): Message {
  const count = dims.reduce((product, side) => product * side, 1);
  return {
    1: dims,
    2: 1,
    8: name,
    4: Float32Array.from({ length: count }, (_, i) => Math.sin(i)),
    ...more,
  };
}

export function integers(name: string, values: readonly number[]): Message {
  return { 1: [values.length], 2: 7, 8: name, 7: values };
}
