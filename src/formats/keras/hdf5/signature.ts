import { type Bytes, rangesOf } from "../../sources/ranges.ts";

/** What an HDF5 file begins with. */
export const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** Where the signature stands: at 0, or behind a block of the user's own at 512, 1024, 2048, … Undefined: not HDF5. */
export function findSignature(bytes: Bytes): number | undefined {
  const file = rangesOf(bytes);
  for (let at = 0; at + SIGNATURE.length <= file.size; at = Math.max(512, at * 2)) {
    const found = file.read(at, at + SIGNATURE.length);
    if (SIGNATURE.every((byte, i) => found[i] === byte)) return at;
  }
  return undefined;
}
