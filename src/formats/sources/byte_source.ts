import { printable, WeightFileError } from "../errors.ts";
import type { Bytes } from "./ranges.ts";

/** One file to read, and the way to those that lie beside it. */
export interface ByteSource {
  /** What error messages call it. */
  readonly name: string;
  /** @throws WeightFileError when it can't be read; the signal's reason when the reading was aborted. */
  read(): Promise<Uint8Array>;
  /** The same without reading a large file as a whole, where that can be done. */
  readonly open?: () => Promise<Bytes>;
  /**
   * A file in the same folder or below it, such as a shard named by a manifest.
   *
   * @throws WeightFileError when the name leads out of the folder or the source has no folder.
   */
  sibling(name: string): Promise<ByteSource>;
  /** Names of the files in the same folder, this one among them, where they can be listed. */
  readonly siblings?: () => Promise<readonly string[]>;
}

export interface ReadOptions {
  /**
   * Called as bytes arrive. With several files (shards) each counts from zero again.
   *
   * @param total bytes of the file, undefined where the server didn't tell.
   */
  readonly onProgress?: (bytes: number, total: number | undefined, file: string) => void;
  /** Aborts the reading: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What error messages call the source when it has no name of its own. */
  readonly name?: string;
  /**
   * Bytes that an address may send at most, each file by itself. Default 8 GiB; of what the server packed on its way, 100 times
   * as many as it announced, and 2 GiB where it announced nothing.
   */
  readonly maxSize?: number;
}

/** One file's content. */
export type FileLike = Blob | ArrayBuffer | Uint8Array;

export function isFileLike(value: unknown): value is FileLike {
  return value instanceof Uint8Array || value instanceof ArrayBuffer || value instanceof Blob;
}

/** The source of one of several files by name, which lies beside the others of its folder. */
export function memberSource(
  name: string,
  files: ReadonlyMap<string, unknown>,
  source: Omit<ByteSource, "sibling" | "siblings">,
  member: (name: string) => ByteSource,
): ByteSource {
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  return {
    ...source,
    sibling: async (sibling) => member(folder + siblingSegments(name, sibling).join("/")),
    siblings: async () =>
      [...files.keys()]
        .filter((path) => path.startsWith(folder) && !path.includes("/", folder.length))
        .map((path) => path.slice(folder.length)),
  };
}

/**
 * Splits a name out of a manifest into path segments. Those that mean the folder itself are left out: TF.js names
 * the weights of a model that a browser downloads "./model.weights.bin".
 *
 * @throws WeightFileError for absolute names and for those that leave the manifest's folder.
 */
export function siblingSegments(file: string, name: string): string[] {
  const segments = name.split("/").filter((segment) => segment !== ".");
  const leaves = segments.some((segment) => segment === "" || segment === "..");
  if (segments.length > 0 && !leaves && !/[\\:\0]/.test(name)) return segments;
  throw new WeightFileError({
    file,
    problem: `it refers to a file "${printable(name)}", which is not a plain name inside its own folder`,
    advice: "Don't trust this file, or correct the name in it",
  });
}
