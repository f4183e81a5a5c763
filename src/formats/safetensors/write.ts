import { dtypeSize } from "../elements/dtypes.ts";
import { type EncodedTensor, encodeTensors } from "../elements/encode.ts";
import { failing } from "../errors.ts";
import type { TensorToWrite } from "../types.ts";

/**
 * Writes a safetensors file. The same tensors in the same order give the same bytes.
 *
 * The header names the tensors in the order given; their bytes lie by element size, largest first, so that each
 * tensor begins at a multiple of its element size and can be read without copying.
 *
 * @param metadata text to be kept under `__metadata__`.
 * @throws WeightFileError for a name given twice or reserved, or a shape that doesn't fit its data.
 */
export function writeSafetensors(
  tensors: Iterable<TensorToWrite>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const fail = failing("the file to write", "safetensors");
  const encoded = encodeTensors(tensors, fail);
  if (encoded.some((tensor) => tensor.name === "__metadata__")) {
    throw fail("", 'a tensor can\'t be named "__metadata__"', "Rename it");
  }
  const sorted = [...encoded].sort((a, b) => dtypeSize(b.dtype) - dtypeSize(a.dtype));
  const begins = new Map<EncodedTensor, number>();
  let length = 0;
  for (const tensor of sorted) {
    begins.set(tensor, length);
    length += tensor.bytes.length;
  }
  const header = headerBytes(encoded, begins, metadata);
  const file = new Uint8Array(8 + header.length + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  for (const [tensor, begin] of begins) file.set(tensor.bytes, 8 + header.length + begin);
  return file;
}

/** Padded with spaces so that the data begin at a multiple of 8. */
function headerBytes(
  tensors: readonly EncodedTensor[],
  begins: ReadonlyMap<EncodedTensor, number>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const fields = tensors.map((tensor) => {
    const begin = begins.get(tensor) ?? 0;
    const entry = {
      dtype: tensor.dtype.toUpperCase(),
      shape: tensor.shape,
      data_offsets: [begin, begin + tensor.bytes.length],
    };
    return `${JSON.stringify(tensor.name)}:${JSON.stringify(entry)}`;
  });
  // Joined as text: in an object, a tensor named "__proto__" would be lost.
  if (Object.keys(metadata).length > 0)
    fields.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}
