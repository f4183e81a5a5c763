import type { PickleMachine } from "./machine.ts";
import { PickleFunction, PickleObject, PickleTuple, type PickleValue } from "./values.ts";

type Operation = (machine: PickleMachine) => void;

const MAX_PROTOCOL = 5;
/** Integers in checkpoints have at most 64 bits; huge ones only cost time. */
const MAX_INTEGER_BYTES = 64;

const utf8 = new TextDecoder();
const utf8Only = new TextDecoder("utf-8", { fatal: true });
const latin1 = new TextDecoder("latin1");

/** Byte strings of Python 2 are text nearly always, and in no certain encoding. */
function oldString(bytes: Uint8Array): string {
  try {
    return utf8Only.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

/** A two's complement little-endian integer. */
function integer(machine: PickleMachine, length: number): number | bigint {
  if (length > MAX_INTEGER_BYTES) throw machine.error(`an integer in it has ${length} bytes`);
  let value = 0n;
  const bytes = machine.take(length);
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  const signed = BigInt.asIntN(8 * length, value);
  const small = Number(signed);
  return Number.isSafeInteger(small) ? small : signed;
}

function call(machine: PickleMachine, target: PickleValue, args: PickleValue): PickleValue {
  if (!(target instanceof PickleFunction))
    throw machine.error("it calls something that is no function");
  if (!(args instanceof PickleTuple)) throw machine.error("it calls a function without arguments");
  // Copying a container must cost what building it did, or one could be copied without end.
  for (const item of args.items) machine.spend(sizeOf(item));
  return target.call(args.items);
}

function sizeOf(value: PickleValue): number {
  if (value instanceof Map || value instanceof Set) return value.size;
  if (value instanceof PickleTuple) return value.items.length;
  return Array.isArray(value) || typeof value === "string" ? value.length : 0;
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  const target = machine.pop();
  machine.make(call(machine, target, args));
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== "string" || typeof module !== "string") {
    throw machine.error("it names a global by something that is no text");
  }
  machine.make(machine.host.global(module, name));
}

/** Objects keep their state to themselves: dictionaries carry attributes that no tensor needs. */
function build(machine: PickleMachine): void {
  machine.pop();
  const target = machine.top();
  const known = target instanceof Map || target instanceof Set || target instanceof PickleObject;
  if (!known) throw machine.error("it sets attributes of a plain value");
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw machine.error("it appends to something that is no list");
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const map = machine.top();
  if (!(map instanceof Map))
    throw machine.error("it sets items of something that is no dictionary");
  fill(machine, map, items);
}

function fill(
  machine: PickleMachine,
  map: Map<PickleValue, PickleValue>,
  items: readonly PickleValue[],
): Map<PickleValue, PickleValue> {
  if (items.length % 2) throw machine.error("a key in it has no value");
  for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  return map;
}

function addItems(machine: PickleMachine): void {
  const items = machine.popMark();
  const set = machine.top();
  if (!(set instanceof Set)) throw machine.error("it adds to something that is no set");
  for (const item of items) set.add(item);
}

function protocol(machine: PickleMachine): void {
  const version = machine.u8();
  if (version > MAX_PROTOCOL) {
    throw machine.error(
      `protocol ${version} is unknown`,
      "Save it again with protocol 2, PyTorch's default",
    );
  }
}

function constant(value: null | boolean): Operation {
  return (machine) => machine.push(value);
}

/** The opcodes of protocols 1 to 5, by Python's names in pickletools. What runs code by other ways is left out. */
export const OPCODES: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, protocol], // PROTO
  [0x95, (machine) => machine.take(8)], // FRAME: a hint for buffering
  [0x28, (machine) => machine.mark()], // MARK
  [0x30, (machine) => machine.pop()], // POP
  [0x31, (machine) => machine.popMark()], // POP_MARK
  [0x32, (machine) => machine.push(machine.top())], // DUP
  [0x4e, constant(null)], // NONE
  [0x88, constant(true)], // NEWTRUE
  [0x89, constant(false)], // NEWFALSE
  [0x4a, (machine) => machine.push(machine.i32())], // BININT
  [0x4b, (machine) => machine.push(machine.u8())], // BININT1
  [0x4d, (machine) => machine.push(machine.u16())], // BININT2
  [0x8a, (machine) => machine.push(integer(machine, machine.u8()))], // LONG1
  [0x8b, (machine) => machine.push(integer(machine, machine.u32()))], // LONG4
  [0x47, (machine) => machine.push(machine.f64())], // BINFLOAT
  [0x54, (machine) => machine.push(oldString(machine.take(machine.u32())))], // BINSTRING
  [0x55, (machine) => machine.push(oldString(machine.take(machine.u8())))], // SHORT_BINSTRING
  [0x58, (machine) => machine.push(utf8.decode(machine.take(machine.u32())))], // BINUNICODE
  [0x8c, (machine) => machine.push(utf8.decode(machine.take(machine.u8())))], // SHORT_BINUNICODE
  [0x8d, (machine) => machine.push(utf8.decode(machine.take(machine.u64())))], // BINUNICODE8
  [0x42, (machine) => machine.push(machine.take(machine.u32()))], // BINBYTES
  [0x43, (machine) => machine.push(machine.take(machine.u8()))], // SHORT_BINBYTES
  [0x8e, (machine) => machine.push(machine.take(machine.u64()))], // BINBYTES8
  [0x96, (machine) => machine.push(machine.take(machine.u64()))], // BYTEARRAY8
  [0x5d, (machine) => machine.make([])], // EMPTY_LIST
  [0x6c, (machine) => machine.make(machine.popMark())], // LIST
  [0x61, (machine) => append(machine, [machine.pop()])], // APPEND
  [0x65, (machine) => append(machine, machine.popMark())], // APPENDS
  [0x29, (machine) => machine.make(machine.popTuple(0))], // EMPTY_TUPLE
  [0x85, (machine) => machine.make(machine.popTuple(1))], // TUPLE1
  [0x86, (machine) => machine.make(machine.popTuple(2))], // TUPLE2
  [0x87, (machine) => machine.make(machine.popTuple(3))], // TUPLE3
  [0x74, (machine) => machine.make(new PickleTuple(machine.popMark()))], // TUPLE
  [0x7d, (machine) => machine.make(new Map())], // EMPTY_DICT
  [0x64, (machine) => machine.make(fill(machine, new Map(), machine.popMark()))], // DICT
  [0x73, (machine) => setItems(machine, machine.popTuple(2).items)], // SETITEM
  [0x75, (machine) => setItems(machine, machine.popMark())], // SETITEMS
  [0x8f, (machine) => machine.make(new Set())], // EMPTY_SET
  [0x90, addItems], // ADDITEMS
  [0x91, (machine) => machine.make(new Set(machine.popMark()))], // FROZENSET
  [0x68, (machine) => machine.recall(machine.u8())], // BINGET
  [0x6a, (machine) => machine.recall(machine.u32())], // LONG_BINGET
  [0x71, (machine) => machine.store(machine.u8())], // BINPUT
  [0x72, (machine) => machine.store(machine.u32())], // LONG_BINPUT
  [0x94, (machine) => machine.storeNext()], // MEMOIZE
  [0x63, (machine) => machine.make(machine.host.global(machine.line(), machine.line()))], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x51, (machine) => machine.make(machine.host.persistent(machine.pop()))], // BINPERSID
  [0x52, reduce], // REDUCE
  [0x81, reduce], // NEWOBJ: for the host's functions the same as a call
  [0x62, build], // BUILD
]);
