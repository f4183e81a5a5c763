import type { WeightReader } from "../types.ts";
import type { FileSample } from "./sample.ts";

/** A kind of file: how to know it, and how to read it. `formats.ts` lists them. */
export interface FileFormat {
  readonly name: string;
  /** What messages call it among the others. */
  readonly title?: string;
  /** Usual endings of its files, by which one is chosen among several in a folder. Reading goes by the content. */
  readonly endings: readonly string[];
  /** @throws WeightFileError where it must be this format and is damaged. */
  readonly recognises: (file: FileSample) => boolean;
  /** Loaded when a file is read, so that a page downloads only what it reads with. */
  readonly reader: () => Promise<WeightReader>;
}
