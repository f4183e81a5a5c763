import { sizeOf, stridesOf } from "../../base/index.ts";
import { joined } from "../sources/ranges.ts";

export interface PickledTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The storage's class within `torch`; its key is the tensor's position. */
  readonly storage: string;
}

/**
 * The protocol-2 pickle of an OrderedDict of tensors, each rebuilt from a storage of its own. Opcodes are named as in
 * Python's pickletools.
 */
export function stateDictPickle(tensors: readonly PickledTensor[]): Uint8Array {
  const out = new PickleWriter();
  out.bytes(0x80, 2); // PROTO
  out.emptyOrderedDict();
  out.mark();
  tensors.forEach((tensor, i) => {
    out.string(tensor.name);
    out.tensor(tensor, String(i));
  });
  out.bytes(0x75, 0x2e); // SETITEMS, STOP
  return out.finish();
}

class PickleWriter {
  private readonly parts: Uint8Array[] = [];

  bytes(...bytes: number[]): void {
    this.parts.push(Uint8Array.from(bytes));
  }

  private text(text: string): Uint8Array {
    return new TextEncoder().encode(text);
  }

  mark(): void {
    this.bytes(0x28); // MARK
  }

  global(module: string, name: string): void {
    this.parts.push(this.text(`c${module}\n${name}\n`)); // GLOBAL
  }

  string(value: string): void {
    const encoded = this.text(value);
    this.bytes(0x58); // BINUNICODE
    this.u32(encoded.length);
    this.parts.push(encoded);
  }

  private u32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.parts.push(bytes);
  }

  /** A count, as the shortest of BININT1, BININT and LONG1 that holds it. */
  integer(value: number): void {
    if (value < 256) {
      this.bytes(0x4b, value);
    } else if (value < 2 ** 31) {
      this.bytes(0x4a);
      this.u32(value);
    } else {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
      this.bytes(0x8a, 8, ...bytes);
    }
  }

  tuple(items: readonly number[]): void {
    this.mark();
    for (const item of items) this.integer(item);
    this.bytes(0x74); // TUPLE
  }

  emptyOrderedDict(): void {
    this.global("collections", "OrderedDict");
    this.bytes(0x29, 0x52); // EMPTY_TUPLE, REDUCE
  }

  /** `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`. */
  tensor({ shape, storage }: PickledTensor, key: string): void {
    this.global("torch._utils", "_rebuild_tensor_v2");
    this.mark();
    this.storage(storage, key, sizeOf(shape));
    this.integer(0);
    this.tuple(shape);
    this.tuple(stridesOf(shape));
    this.bytes(0x89); // NEWFALSE
    this.emptyOrderedDict();
    this.bytes(0x74, 0x52); // TUPLE, REDUCE
  }

  private storage(type: string, key: string, count: number): void {
    this.mark();
    this.string("storage");
    this.global("torch", type);
    this.string(key);
    this.string("cpu");
    this.integer(count);
    this.bytes(0x74, 0x51); // TUPLE, BINPERSID
  }

  finish(): Uint8Array {
    return joined(this.parts);
  }
}
