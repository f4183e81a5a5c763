import { openFractalHeap } from "./fractal_heap.ts";
import { readLocalHeap } from "./heaps.ts";
import { MESSAGE, type Message } from "./object_header.ts";
import { Cursor, type Storage } from "./storage.ts";
import { walkTree, walkTree2 } from "./trees.ts";

const utf8 = new TextDecoder();

/**
 * The members of a group with the addresses of their headers, in the file's order. Links to other paths or files are
 * left out: following them could lead anywhere, and no writer of weights uses them.
 */
export function readLinks(storage: Storage, messages: readonly Message[]): Map<string, number> {
  const links = new Map<string, number>();
  const put = (link: Link | undefined) => {
    if (link) links.set(link.name, link.address);
  };
  for (const { type, body } of messages) {
    if (type === MESSAGE.symbolTable) for (const link of oldLinks(storage, body())) put(link);
    else if (type === MESSAGE.link) put(readLink(body()));
    else if (type === MESSAGE.linkInfo) for (const link of denseLinks(storage, body())) put(link);
  }
  return links;
}

interface Link {
  readonly name: string;
  readonly address: number;
}

/** Symbol tables: a tree of nodes whose names lie in a heap. Section III.B of the specification. */
function* oldLinks(storage: Storage, body: Cursor): Generator<Link> {
  const tree = body.target();
  const nameAt = readLocalHeap(storage, body.target());
  const { offsetSize, lengthSize } = storage;
  for (const { address } of walkTree(storage, tree, 0, lengthSize, () => undefined)) {
    const node = new Cursor(storage, address).signature("SNOD");
    node.skip(2);
    const count = node.u16();
    for (let i = 0; i < count; i++) {
      const entry = node.part(2 * offsetSize + 24);
      const name = entry.uint(offsetSize);
      const header = entry.optionalAddress();
      if (header !== undefined) yield { name: nameAt(name), address: header };
    }
  }
}

/** Link messages. Section IV.A.2.g of the specification. */
function readLink(cursor: Cursor): Link | undefined {
  cursor.version("a link", 1);
  const flags = cursor.u8();
  const kind = flags & 8 ? cursor.u8() : 0;
  if (flags & 4) cursor.skip(8);
  if (flags & 16) cursor.skip(1);
  const name = utf8.decode(cursor.bytes(cursor.uint(1 << (flags & 3))));
  return kind === 0 ? { name, address: cursor.target() } : undefined;
}

/** Groups with many members keep their links in a heap, and a tree of their places. */
function* denseLinks(storage: Storage, info: Cursor): Generator<Link> {
  info.version("link information", 0);
  if (info.u8() & 1) info.skip(8);
  const heapAddress = info.optionalAddress();
  const tree = info.optionalAddress();
  if (heapAddress === undefined || tree === undefined) return;
  const heap = openFractalHeap(storage, heapAddress);
  for (const record of walkTree2(storage, tree)) {
    const link = readLink(heap.object(record.skip(4).part(7)));
    if (link) yield link;
  }
}
