import type { Fail } from "../../../errors.ts";
import { MESSAGE } from "../object_header.ts";
import { SIGNATURE } from "../signature.ts";
import { type AttributeContext, attributeMessage } from "./attributes.ts";
import { Block } from "./block.ts";
import { dataspace } from "./datatype.ts";
import { GlobalHeapWriter } from "./global_heap.ts";
import type { AttributesToWrite, DatasetToWrite, GroupToWrite } from "./group.ts";
import { objectHeader } from "./object_header.ts";
import { Output } from "./output.ts";
import {
  type LinkToWrite,
  SYMBOLS_K,
  symbolEntry,
  TREE_K,
  writeSymbolTable,
} from "./symbol_table.ts";

const SUPERBLOCK_SIZE = 96;

/** The message that says what elements hold that were never written. */
const FILL_VALUE = 0x05;

/**
 * Writes an HDF5 file in the oldest form of the format, which every reader of it knows: superblock of version 0,
 * groups as symbol tables, datasets in one piece. The same content gives the same bytes.
 *
 * @returns the file's bytes. Beside them, it takes memory for the structures only.
 * @throws the error of `fail` for an attribute that is too large.
 */
export function writeHdf5(root: GroupToWrite, fail: Fail): Uint8Array {
  const output = new Output(SUPERBLOCK_SIZE);
  const link = writeGroup("", root, output, { heap: new GlobalHeapWriter(output), fail });
  return output.finish((size) => superblock(size, link));
}

function writeGroup(
  name: string,
  { attributes, members }: GroupToWrite,
  output: Output,
  context: AttributeContext,
): LinkToWrite {
  const links = [...members].map(([name, member]) =>
    member.kind === "group"
      ? writeGroup(name, member, output, context)
      : writeDataset(name, member, output, context),
  );
  const table = writeSymbolTable(output, links);
  // Format: section IV.A.2.r of the specification.
  const body = new Block().u64(table.tree).u64(table.names).finish();
  const header = objectHeader([
    { type: MESSAGE.symbolTable, body },
    ...attributeMessages(attributes, context),
  ]);
  return { name, header: output.append(header), table };
}

function writeDataset(
  name: string,
  { attributes, values: { shape, type, size, write } }: DatasetToWrite,
  output: Output,
  context: AttributeContext,
): LinkToWrite {
  const address = size === 0 ? undefined : output.appendLater(size, write);
  const header = objectHeader([
    { type: MESSAGE.dataspace, body: dataspace(shape) },
    { type: MESSAGE.datatype, body: type },
    // Version 2: space is allocated late, a value is written if it was set, and it is the default. Section IV.A.2.f.
    { type: FILL_VALUE, body: new Block().u8(2, 2, 2, 1).u32(0).finish() },
    // Version 3: in one piece. Section IV.A.2.i.
    { type: MESSAGE.layout, body: new Block().u8(3, 1).u64(address).u64(size).finish() },
    ...attributeMessages(attributes, context),
  ]);
  return { name, header: output.append(header) };
}

function attributeMessages(attributes: AttributesToWrite, context: AttributeContext) {
  return [...attributes].map(([name, value]) => attributeMessage(name, value, context));
}

/** Format: HDF5 File Format Specification 3.0, section II.A (version 0). */
function superblock(fileSize: number, root: LinkToWrite): Uint8Array {
  const block = new Block().u8(...SIGNATURE);
  // Versions of four structures, then the bytes of an address and of a length.
  block.zeros(5).u8(8, 8, 0);
  block.u16(SYMBOLS_K).u16(TREE_K).zeros(4);
  // The address that others count from, that of free space, the file's end, that of a driver's information.
  block.u64(0).u64(undefined).u64(fileSize).u64(undefined);
  symbolEntry(block, root, 0);
  return block.finish();
}
