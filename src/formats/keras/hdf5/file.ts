import { countElements } from "../../elements/tensors.ts";
import { DAMAGED, type Fail, printable } from "../../errors.ts";
import type { Bytes } from "../../sources/ranges.ts";
import { type Attribute, type AttributeValue, readAttributes } from "./attributes.ts";
import { assembleChunks } from "./chunks.ts";
import { type Datatype, readDataspace, readDatatype } from "./datatype.ts";
import { GlobalHeaps } from "./heaps.ts";
import { readFilters, readLayout } from "./layout.ts";
import { readLinks } from "./links.ts";
import { IS_SHARED, MESSAGE, type Message, readObjectHeader } from "./object_header.ts";
import type { Storage } from "./storage.ts";
import { openStorage } from "./superblock.ts";

/** What groups and datasets have in common. */
interface Hdf5Object {
  /** "/" for the root, "/a/b" below it. */
  readonly path: string;
  /** @returns undefined when there is no such attribute or it is neither text nor numbers. */
  attribute(name: string): AttributeValue;
}

export interface Hdf5Group extends Hdf5Object {
  readonly kind: "group";
  /** Names of its members. */
  readonly names: readonly string[];
  /** A member, or one further below: "a/b/c". */
  get(path: string): Hdf5Group | Hdf5Dataset | undefined;
}

export interface Hdf5Dataset extends Hdf5Object {
  readonly kind: "dataset";
  readonly shape: readonly number[];
  readonly type: Datatype;
  /** The elements as stored, row-major: a view of the file where they lie in one piece. */
  bytes(): Uint8Array;
}

/**
 * Opens an HDF5 file for reading: as much of the format as the writers of weights use (all versions of groups and
 * attributes; datasets in one piece or in chunks, with gzip, shuffle and checksums).
 *
 * It is written here because the HDF5 library itself, compiled to WebAssembly, can't be trusted with files of
 * strangers: damaged ones made h5wasm 0.10 loop without end, take 1.7 GB, or trap.
 *
 * @throws the error of `fail` when it is damaged. Members are read when asked for, and may throw then.
 */
export function openHdf5(bytes: Bytes, fail: Fail): Hdf5Group {
  const { storage, root } = openStorage(bytes, fail);
  const heaps = new GlobalHeaps(storage);
  const group = readObject(storage, heaps, root, "/");
  if (group.kind === "group") return group;
  throw fail("HDF5", "its root is no group", DAMAGED);
}

function readObject(
  storage: Storage,
  heaps: GlobalHeaps,
  address: number,
  path: string,
): Hdf5Group | Hdf5Dataset {
  const messages = readObjectHeader(storage, address);
  let attributes: Map<string, Attribute> | undefined;
  const attribute = (name: string) => {
    attributes ??= readAttributes(storage, messages, heaps);
    return attributes.get(name)?.value();
  };
  const isDataset = messages.some(({ type }) => type === MESSAGE.layout);
  return isDataset
    ? { path, attribute, ...readDataset(storage, messages, path) }
    : { path, attribute, ...readGroup(storage, heaps, messages, path) };
}

function readGroup(
  storage: Storage,
  heaps: GlobalHeaps,
  messages: readonly Message[],
  path: string,
) {
  const links = readLinks(storage, messages);
  const member = (name: string) => {
    const address = links.get(name);
    const below = path === "/" ? `/${name}` : `${path}/${name}`;
    return address === undefined ? undefined : readObject(storage, heaps, address, below);
  };
  const get: Hdf5Group["get"] = (wanted) => {
    const [first, ...rest] = wanted.split("/").filter(Boolean);
    const found = first === undefined ? undefined : member(first);
    if (rest.length === 0 || !found) return found;
    return found.kind === "group" ? found.get(rest.join("/")) : undefined;
  };
  return { kind: "group" as const, names: [...links.keys()], get };
}

function readDataset(storage: Storage, messages: readonly Message[], path: string) {
  const { fail } = storage;
  const where = `dataset "${printable(path)}"`;
  const find = (wanted: number) => {
    const message = messages.find(({ type }) => type === wanted);
    if (!message || message.flags & IS_SHARED)
      throw fail(where, "its description is incomplete", DAMAGED);
    return message.body();
  };
  const shape = readDataspace(find(MESSAGE.dataspace));
  const type = readDatatype(find(MESSAGE.datatype));
  const count = countElements(shape);
  if (count === undefined)
    throw fail(where, `[${shape.slice(0, 8).join(", ")}] is no shape`, DAMAGED);
  const size = count * type.size;
  const bytes = (): Uint8Array => {
    const layout = readLayout(storage, find(MESSAGE.layout), shape);
    if (size === 0) return new Uint8Array(0);
    if (layout.kind === "missing") throw fail(where, "its elements were never written", DAMAGED);
    if (layout.kind === "chunks") {
      const filters = readFilters(messages);
      return assembleChunks(storage, { ...layout, shape, elementSize: type.size, filters });
    }
    const cursor = layout.bytes();
    if (cursor.left < size) {
      throw fail(
        where,
        `${size} bytes are needed, and ${cursor.left} are left in the file`,
        DAMAGED,
      );
    }
    return cursor.bytes(size);
  };
  return { kind: "dataset" as const, shape, type, bytes };
}
