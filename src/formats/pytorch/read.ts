import { failing } from "../errors.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type Bytes, rangesOf } from "../sources/ranges.ts";
import type { WeightFile } from "../types.ts";
import { openZip } from "../zip/read.ts";
import { archiveTexts, readTorchArchive } from "./archive.ts";
import { readLegacyTorch } from "./legacy.ts";
import { findStateDict } from "./state_dict.ts";

/**
 * Reads a checkpoint of `torch.save`, of any version: `.pt`, `.pth`, `.th`, `.bin`. The network's tensors are taken,
 * under the names they have there; other contents are listed. No code in the file is ever run.
 *
 * @throws WeightFileError for a damaged file, and for objects of Python other than tensors and containers, by name.
 */
export async function readPytorch(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const fail = failing(source.name, "pytorch");
  const [first, second] = rangesOf(bytes).read(0, 2);
  const isZip = first === 0x50 && second === 0x4b;
  const archive = isZip ? openZip(bytes, fail) : null;
  const root = archive ? readTorchArchive(archive, fail) : readLegacyTorch(bytes, fail);
  const { tensors, metadata, notes } = findStateDict(root, fail);
  if (archive) Object.assign(metadata, archiveTexts(archive, fail));
  const named = [...tensors].map(([name, value]) => [name, value.named(name, fail)] as const);
  return { format: "pytorch", tensors: new Map(named), metadata, notes };
}
