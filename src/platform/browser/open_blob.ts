import type { OpenFile } from "../types.ts";

/** What workers have, and pages don't. TypeScript knows either a page or a worker. */
declare const FileReaderSync:
  | { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } }
  | undefined;

/** Parts of a Blob or File, which stays where it is; null in a page, where reading takes waiting. */
export function openBlob(blob: Blob): OpenFile | null {
  if (typeof FileReaderSync === "undefined") return null;
  const reader = new FileReaderSync();
  const read = (start: number, end: number) =>
    new Uint8Array(reader.readAsArrayBuffer(blob.slice(start, end)));
  return { size: blob.size, read };
}
