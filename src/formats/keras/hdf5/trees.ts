import { Cursor, damaged, type Storage } from "./storage.ts";

/** No tree of a file that fits in memory is deeper. */
const MAX_DEPTH = 32;

/** Visits nodes once each: a damaged or hostile tree may lead back to itself. */
class Visits {
  readonly #seen = new Set<number>();
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  check(address: number, depth: number): void {
    if (depth > MAX_DEPTH || this.#seen.has(address)) {
      throw damaged(this.#storage, "one of its trees leads back to itself");
    }
    this.#seen.add(address);
  }
}

/**
 * Walks through a version 1 tree. Format: section III.A.1 of the specification.
 *
 * @param keyOf reads the key before each child; `keySize` is its size.
 * @returns for each leaf, the key and the address that it leads to.
 */
export function* walkTree<K>(
  storage: Storage,
  root: number,
  kind: 0 | 1,
  keySize: number,
  keyOf: (cursor: Cursor) => K,
): Generator<{ readonly key: K; readonly address: number }> {
  const visits = new Visits(storage);
  const stack = [{ address: root, depth: 0 }];
  for (let node = stack.pop(); node; node = stack.pop()) {
    visits.check(node.address, node.depth);
    const cursor = new Cursor(storage, node.address).signature("TREE");
    if (cursor.u8() !== kind) throw damaged(storage, "one of its trees is of the wrong kind");
    const level = cursor.u8();
    const count = cursor.u16();
    cursor.skip(2 * storage.offsetSize);
    const children: { address: number; depth: number }[] = [];
    for (let i = 0; i < count; i++) {
      const key = keyOf(cursor.part(keySize));
      const address = cursor.target();
      if (level === 0) yield { key, address };
      else children.push({ address, depth: node.depth + 1 });
    }
    stack.push(...children.reverse());
  }
}

/**
 * Walks through a version 2 tree. Format: section III.A.2 of the specification.
 *
 * @returns its records, in order of their keys except that those of inner nodes come before their children's.
 */
export function* walkTree2(storage: Storage, address: number): Generator<Cursor> {
  const header = new Cursor(storage, address).signature("BTHD");
  header.version("a tree", 0);
  header.skip(1);
  const nodeSize = header.u32();
  const recordSize = header.u16();
  const depth = header.u16();
  header.skip(2);
  const root = header.optionalAddress();
  const rootCount = header.u16();
  if (root === undefined) return;
  if (recordSize === 0 || depth > MAX_DEPTH)
    throw damaged(storage, "one of its trees has impossible sizes");
  const sizes = countSizes(nodeSize, recordSize, depth, storage.offsetSize);
  const visits = new Visits(storage);
  const stack = [{ address: root, count: rootCount, depth }];
  for (let node = stack.pop(); node; node = stack.pop()) {
    visits.check(node.address, depth - node.depth);
    const cursor = new Cursor(storage, node.address).signature(node.depth > 0 ? "BTIN" : "BTLF");
    cursor.skip(2);
    for (let i = 0; i < node.count; i++) yield cursor.part(recordSize);
    if (node.depth === 0) continue;
    for (let i = 0; i <= node.count; i++) {
      const child = cursor.target();
      const count = cursor.uint(sizes[node.depth].own);
      if (node.depth > 1) cursor.skip(sizes[node.depth].total);
      stack.push({ address: child, count, depth: node.depth - 1 });
    }
  }
}

/** Bytes that the counts of a child take depend on how many records can lie below it. */
function countSizes(nodeSize: number, recordSize: number, depth: number, offsetSize: number) {
  const frame = 10;
  let most = Math.floor((nodeSize - frame) / recordSize);
  let total = most;
  const own = bytesFor(most);
  const sizes = [{ own: 0, total: 0 }];
  for (let level = 1; level <= depth; level++) {
    const below = level > 1 ? bytesFor(total) : 0;
    sizes.push({ own, total: below });
    most = Math.floor(
      (nodeSize - frame - (offsetSize + own + below)) / (recordSize + offsetSize + own + below),
    );
    total = (most + 1) * total + most;
  }
  return sizes;
}

function bytesFor(value: number): number {
  return Math.min(8, Math.max(1, Math.ceil(Math.log2(value + 1) / 8)));
}
