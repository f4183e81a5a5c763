import { failing } from "../errors.ts";
import { decodeUtf8, parseJson } from "../json.ts";
import { type ByteRanges, type Bytes, rangesOf } from "../sources/ranges.ts";
import { readDirectory } from "../zip/directory.ts";

/** Enough to tell all formats but zips and JSON. */
const HEAD = 64;

/** What a format is known by: how a file begins, and what is in it if it is an archive or JSON. */
export class FileSample {
  readonly file: ByteRanges;
  readonly head: Uint8Array;
  readonly isZip: boolean;
  readonly isJson: boolean;
  readonly #name: string;
  #zipNames: readonly string[] | undefined;
  #json: unknown;

  /** @param name what errors call the file. */
  constructor(bytes: Bytes, name: string) {
    this.file = rangesOf(bytes);
    this.head = this.file.read(0, HEAD);
    this.#name = name;
    this.isZip = this.startsWith("PK\x03\x04") || this.startsWith("PK\x05\x06");
    // An object, or a list of objects.
    this.isJson = /^\s*(\{|\[\s*\{)/.test(new TextDecoder().decode(this.head));
  }

  startsWith(start: string, at = 0): boolean {
    return [...start].every((char, i) => this.head[at + i] === char.charCodeAt(0));
  }

  /** The archive's files; none where it is no zip. @throws WeightFileError when its directory is damaged. */
  get zipNames(): readonly string[] {
    if (!this.isZip) return [];
    this.#zipNames ??= [...readDirectory(this.file, failing(this.#name, "unknown")).keys()];
    return this.#zipNames;
  }

  /** The JSON object or list that it is; undefined where it begins otherwise. @throws WeightFileError when it is damaged. */
  get json(): unknown {
    if (!this.isJson) return undefined;
    this.#json ??= this.#parse();
    return this.#json;
  }

  #parse(): unknown {
    const fail = failing(this.#name, "unknown");
    const text = decodeUtf8(this.file.read(0, this.file.size), "JSON", fail);
    return parseJson(text, "JSON", fail);
  }
}
