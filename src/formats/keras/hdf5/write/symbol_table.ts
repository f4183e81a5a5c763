import { Block } from "./block.ts";
import type { Output } from "./output.ts";

/** A group's tree of members and the heap of their names. */
export interface SymbolTable {
  readonly tree: number;
  readonly names: number;
}

/** A member of a group. */
export interface LinkToWrite {
  readonly name: string;
  /** The address of its header. */
  readonly header: number;
  /** What a group's entry repeats of its header. */
  readonly table?: SymbolTable;
}

/** Half the entries of a full node of symbols, and half the children of a full node of the tree. */
export const SYMBOLS_K = 4;
export const TREE_K = 16;

const ENTRY_SIZE = 40;
const NODE_SIZE = 8 + 2 * SYMBOLS_K * ENTRY_SIZE;
const TREE_NODE_SIZE = 24 + (2 * TREE_K + 1) * 8 + 2 * TREE_K * 8;

/** What a free list of the heap begins with where there is none. */
const NO_FREE_SPACE = 1;

interface Symbol {
  readonly link: LinkToWrite;
  readonly name: Uint8Array;
}

/** A node with the place of its last name, by which the tree finds names. */
interface Node {
  readonly address: number;
  readonly last: number;
}

/**
 * Writes what a group lists its members in: names in a local heap (HDF5 File Format Specification 3.0, section
 * III.D), symbol table nodes in order of the names' bytes (III.B), and over them a tree of version 1 (III.A.1).
 */
export function writeSymbolTable(output: Output, links: readonly LinkToWrite[]): SymbolTable {
  const symbols = links.map((link) => ({ link, name: new TextEncoder().encode(link.name) }));
  symbols.sort((a, b) => compareBytes(a.name, b.name));
  const { names, places } = writeNames(output, symbols);
  const leaves = chunksOf(
    symbols.map(({ link }, i) => ({ link, place: places[i] })),
    2 * SYMBOLS_K,
  ).map((chunk) => {
    const block = new Block().signature("SNOD").u8(1, 0).u16(chunk.length);
    for (const { link, place } of chunk) symbolEntry(block, link, place);
    const address = output.append(block.padTo(NODE_SIZE).finish());
    return { address, last: chunk[chunk.length - 1].place };
  });
  return { tree: writeTree(output, leaves), names };
}

/** An entry of a node, or the superblock's for the root. Format: section III.C. */
export function symbolEntry(block: Block, { header, table }: LinkToWrite, name: number): void {
  block.u64(name).u64(header);
  if (table) block.u32(1).zeros(4).u64(table.tree).u64(table.names);
  else block.zeros(24);
}

function writeNames(output: Output, symbols: readonly Symbol[]) {
  // The empty text in front is the key before the first name.
  const data = new Block().zeros(8);
  const places = symbols.map(({ name }) => {
    const place = data.length;
    data.raw(name).u8(0).align();
    return place;
  });
  const at = output.append(data.finish());
  const block = new Block().signature("HEAP").zeros(4);
  const names = output.append(block.u64(data.length).u64(NO_FREE_SPACE).u64(at).finish());
  return { names, places };
}

/** The nodes of the tree, level by level up to one that is alone. @returns its address. */
function writeTree(output: Output, leaves: readonly Node[]): number {
  let level = 0;
  let nodes = writeLevel(output, leaves, level);
  while (nodes.length > 1) nodes = writeLevel(output, nodes, ++level);
  return nodes[0].address;
}

function writeLevel(output: Output, children: readonly Node[], level: number): Node[] {
  const chunks = chunksOf(children, 2 * TREE_K);
  // A group without members has a node without children.
  if (chunks.length === 0) chunks.push([]);
  const start = output.next;
  const addressOf = (i: number) => (chunks[i] ? start + i * TREE_NODE_SIZE : undefined);
  let before = 0;
  return chunks.map((chunk, i) => {
    const block = new Block().signature("TREE").u8(0, level).u16(chunk.length);
    block
      .u64(addressOf(i - 1))
      .u64(addressOf(i + 1))
      .u64(before);
    for (const { address, last } of chunk) block.u64(address).u64(last);
    before = chunk.at(-1)?.last ?? before;
    return { address: output.append(block.padTo(TREE_NODE_SIZE).finish()), last: before };
  });
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
