import { unzipSync, type Zippable, zipSync } from "fflate";
import type { NamedFile } from "../worker/messages.ts";

/** Without compressing: weights and pictures are compressed already, or can't be. */
export async function zipFiles(files: readonly NamedFile[]): Promise<Uint8Array> {
  const entries: Zippable = {};
  for (const { name, bytes } of files) entries[name] = [bytes, { level: 0 }];
  return zipSync(entries);
}

/** @throws Error for what is no zip. */
export async function unzipFiles(file: Blob): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map(Object.entries(unzipSync(new Uint8Array(await file.arrayBuffer()))));
}
