// Small files in the data sets' own formats, for the readers' tests.
import { gzipSync } from "node:zlib";

/** An IDX file of unsigned bytes. */
export function idx(shape: number[], data: number[] | Uint8Array, magic = 0x800 + shape.length) {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, magic);
  shape.forEach((n, i) => {
    header.setUint32(4 + 4 * i, n);
  });
  return Uint8Array.of(...new Uint8Array(header.buffer), ...data);
}

export function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

/** CIFAR records: the label bytes, then planes filled with 3 × the record's number + channel. */
export function cifarRecords(labels: number[][]): Uint8Array {
  const records = labels.map((label, i) => {
    const planes = Uint8Array.from({ length: 3072 }, (_, k) => 3 * i + Math.floor(k / 1024));
    return Uint8Array.of(...label, ...planes);
  });
  return Uint8Array.from(records.flatMap((record) => [...record]));
}

/** A line of the ESL book's USPS file. */
export function uspsLine(label: string, value: (i: number) => number): string {
  return `${label} ${Array.from({ length: 256 }, (_, i) => value(i).toFixed(4)).join(" ")} \n`;
}
