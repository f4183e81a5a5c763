import { type ZippableFile, zipSync } from "fflate";
import type { Fail } from "../errors.ts";

export interface ZipContent {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** PyTorch aligns to 64 so that storages can be mapped; it names its padding field "FB". */
const ALIGNMENT = 64;
const PADDING_FIELD = 0x4246;
/** The same content gives the same file, whenever it is written. */
const DATE = new Date(1980, 0, 1);
const MAX_SIZE = 0xffffffff;

/** Bytes of a header before the entry, and before the padding, which is an extra field. */
const LOCAL_HEADER = 30;
const FIELD_HEADER = 4;

/**
 * Writes a zip archive whose entries are stored, each beginning at a multiple of 64 bytes.
 *
 * @throws the error of `fail` beyond 65,535 entries or 4 GiB.
 */
export function writeZip(contents: readonly ZipContent[], fail: Fail): Uint8Array {
  let end = 0;
  const entries = contents.map(({ name, bytes }): [string, ZippableFile] => {
    const bare = end + LOCAL_HEADER + new TextEncoder().encode(name).length + FIELD_HEADER;
    const padding = (ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT;
    end = bare + padding + bytes.length;
    const extra = { [PADDING_FIELD]: new Uint8Array(padding) };
    return [name, [bytes, { extra }]];
  });
  if (contents.length >= 0xffff || end >= MAX_SIZE) {
    throw fail(
      "",
      `${contents.length} entries of ${end} bytes don't fit a zip archive (65,534 entries, 4 GiB)`,
      "Save as safetensors instead",
    );
  }
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: DATE });
}
