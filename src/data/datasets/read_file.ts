import { readSource, type Source, sourceName } from "../../platform/index.ts";

export interface NamedBytes {
  /** What error messages call the source. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** No data set of the supported kinds comes near; a gzip file of 2 MB can claim to be this large. */
const MAX_UNPACKED = 2 ** 31;

/** Reads a whole source and unpacks it when it is gzip (by its magic number, not by its name). */
export async function readDataFile(source: Source, fallbackName: string): Promise<NamedBytes> {
  const name = sourceName(source, fallbackName);
  const bytes = await readSource(source);
  if (bytes.length === 0) throw new Error(`${name}: the file is empty`);
  return { name, bytes: isGzip(bytes) ? await gunzip(bytes, name) : bytes };
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** @throws Error naming the file when the data is damaged, cut off or larger than any data set. */
async function gunzip(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const packed = new Blob([new Uint8Array(bytes)]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = await reader.read().catch((cause) => {
      throw new Error(`${name}: the gzip data is damaged or cut off; fetch the file again`, {
        cause,
      });
    });
    if (chunk.done) return join(chunks, total);
    total += chunk.value.length;
    if (total > MAX_UNPACKED) {
      await reader.cancel();
      throw new Error(
        `${name}: unpacks to more than ${MAX_UNPACKED} bytes, which no data set here does`,
      );
    }
    chunks.push(chunk.value);
  }
}

function join(chunks: Uint8Array[], total: number): Uint8Array {
  const all = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
