import { PbfReader, type PbfWriter } from "pbf";
import { DAMAGED, type Fail } from "../errors.ts";
import { type Bytes, sizeOf, wholeOf } from "../sources/ranges.ts";
import { type Part, readParts } from "./wire.ts";

/** A field of a protobuf message: how it is read and written. Where it comes again, `read` sees what came before. */
export interface Field<Read, Written = Read> {
  readonly number: number;
  /** The value of a field that is absent. */
  empty(): Read;
  read(before: Read, part: Part, fail: Fail): Read;
  write(value: Written, writer: PbfWriter): void;
}

/** A message's fields by what they are called here. */
export type Schema = Readonly<Record<string, Field<unknown, never>>>;

export type MessageOf<S extends Schema> = {
  readonly [K in keyof S]: S[K] extends Field<infer Read, never> ? Read : never;
};

/** A message to be written; fields that are left out are absent from it. */
export type MessageToWrite<S extends Schema> = {
  readonly [K in keyof S]?: S[K] extends Field<unknown, infer Written> ? Written : never;
};

/** @throws the error of `fail` when the message is damaged. Fields that the schema doesn't name are passed over. */
export function readMessage<S extends Schema>(schema: S, bytes: Bytes, fail: Fail): MessageOf<S> {
  const fields = Object.entries(schema);
  const values = new Map(fields.map(([name, field]) => [name, field.empty()]));
  for (const part of readParts(bytes, fail)) {
    const [name, field] = fields.find(([, { number }]) => number === part.number) ?? [];
    if (name && field) values.set(name, field.read(values.get(name), part, fail));
  }
  return Object.fromEntries(values) as MessageOf<S>;
}

/** Writes a message's fields in the order of the schema. */
export function writeMessage<S extends Schema>(
  schema: S,
  message: MessageToWrite<S>,
  writer: PbfWriter,
): void {
  for (const [name, field] of Object.entries(schema)) {
    const value = message[name];
    if (value !== undefined) (field as Field<unknown>).write(value, writer);
  }
}

const utf8 = new TextDecoder();
const textOf = ({ bytes }: Part) => utf8.decode(wholeOf(bytes));

export const text = (number: number): Field<string> => ({
  number,
  empty: () => "",
  read: (_, part) => textOf(part),
  write: (value, writer) => writer.writeStringField(number, value),
});

/** Inexact beyond 2⁵³. */
export const integer = (number: number): Field<number> => ({
  number,
  empty: () => 0,
  read: (_, { value }) => value,
  write: (value, writer) => writer.writeVarintField(number, value),
});

export const float = (number: number): Field<number> => ({
  ...integer(number),
  write: (value, writer) => writer.writeFloatField(number, value),
});

export const bytes = (number: number): Field<Bytes | undefined, Uint8Array> => ({
  number,
  empty: () => undefined,
  read: (_, part) => part.bytes,
  write: (value, writer) => writer.writeBytesField(number, value),
});

export const message = <S extends Schema>(
  number: number,
  schema: S,
): Field<MessageOf<S> | undefined, MessageToWrite<S>> => ({
  number,
  empty: () => undefined,
  read: (_, part, fail) => readMessage(schema, part.bytes, fail),
  write: (value, writer) =>
    writer.writeMessage(number, (from, to) => writeMessage(schema, from, to), value),
});

/** A field that may come any number of times. */
function repeated<Read, Written>(
  one: Field<Read, Written>,
  itemsOf: (part: Part, fail: Fail) => readonly Exclude<Read, undefined>[],
): Field<Exclude<Read, undefined>[], readonly Written[]> {
  return {
    number: one.number,
    empty: () => [],
    read(before, part, fail) {
      for (const item of itemsOf(part, fail)) before.push(item);
      return before;
    },
    write(values, writer) {
      for (const value of values) one.write(value, writer);
    },
  };
}

export const texts = (number: number) => repeated(text(number), (part) => [textOf(part)]);

/** One by one or packed. */
export const integers = (number: number) => repeated(integer(number), integersOf);
export const floats = (number: number) => repeated(float(number), floatsOf);

export const messages = <S extends Schema>(number: number, schema: S) =>
  repeated(message(number, schema), (part, fail) => [readMessage(schema, part.bytes, fail)]);

/** The elements of a tensor, packed, in the pieces in which they came. */
export const pieces = (number: number) => repeated(bytes(number), (part) => [packed(part)]);

function integersOf({ wire, value, bytes }: Part, fail: Fail): number[] {
  if (wire !== 2) return [value];
  const reader = new PbfReader(wholeOf(bytes));
  const list: number[] = [];
  try {
    while (reader.pos < sizeOf(bytes)) list.push(reader.readVarint(true));
  } catch {
    throw fail("protobuf", "a list of integers is cut off", DAMAGED);
  }
  return list;
}

function floatsOf({ wire, value, bytes }: Part): number[] {
  if (wire !== 2) return [value];
  const whole = wholeOf(bytes);
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  return Array.from({ length: Math.floor(whole.length / 4) }, (_, i) =>
    view.getFloat32(4 * i, true),
  );
}

/** Old writers put each number into a field of its own; it is packed here as newer ones do it. */
function packed({ wire, value, bytes }: Part): Bytes {
  if (wire === 2) return bytes;
  if (wire === 5) return new Uint8Array(Float32Array.of(value).buffer);
  if (wire === 1) return new Uint8Array(Float64Array.of(value).buffer);
  const varint: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(Number.isSafeInteger(value) ? value : 0));
  do {
    varint.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(varint);
}
