import type { NetworkGraph } from "../graph/network_graph.ts";
import type { TensorToWrite, WeightReader } from "../types.ts";
import type { FileSample } from "./sample.ts";

/** A kind of file: how to know it, and how to read and write it. `formats.ts` lists them. */
export interface FileFormat {
  readonly name: string;
  /** Its name in the list of formats that can be read, which messages give. */
  readonly title?: string;
  /** Usual endings of its files, by which one is chosen among several in a folder. Reading goes by the content. */
  readonly endings: readonly string[];
  /** @throws WeightFileError where it must be this format and is damaged. */
  readonly recognises: (file: FileSample) => boolean;
  /** Loaded when a file is read, so that a page downloads only what it reads with. */
  readonly reader: () => Promise<WeightReader>;
  readonly writer?: FormatWriter;
}

/** How a format is written: tensors alone, or the network with them. */
export type FormatWriter = TensorsWriter | NetworkWriter;

interface TensorsWriter {
  readonly holds: "tensors";
  /** Of the names that it writes to. */
  readonly endings: readonly string[];
  readonly load: () => Promise<
    (tensors: Iterable<TensorToWrite>, metadata?: Readonly<Record<string, string>>) => Uint8Array
  >;
}

interface NetworkWriter {
  readonly holds: "network";
  readonly endings: readonly string[];
  /** It gives the file's bytes, or several files by name, the one to be loaded first: `<stem><ending>`. */
  readonly load: () => Promise<
    (
      graph: NetworkGraph,
      weights: ReadonlyMap<string, TensorToWrite>,
      metadata?: Readonly<Record<string, string>>,
      stem?: string,
    ) => Uint8Array | Readonly<Record<string, Uint8Array>>
  >;
}
