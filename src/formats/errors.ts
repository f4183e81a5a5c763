import type { WeightFormat } from "./names.ts";

export { messageOf } from "../base/index.ts";

export interface WeightFileProblem {
  /** What the user calls the file: its name, path or URL. */
  readonly file: string;
  readonly format?: WeightFormat | "unknown";
  /** The part of the file, such as `tensor "conv1.weight"` or `header`. */
  readonly where?: string;
  /** What is wrong. */
  readonly problem: string;
  /** What to do about it. */
  readonly advice?: string;
  readonly cause?: unknown;
}

/** A weight file that can't be read or written. The message names file, format, place, problem and remedy. */
export class WeightFileError extends Error {
  override readonly name = "WeightFileError";
  readonly file: string;
  readonly format: WeightFormat | "unknown";
  readonly where: string;
  readonly advice: string;

  constructor(about: WeightFileProblem) {
    const { file, format = "unknown", where = "", problem, advice = "" } = about;
    const kind = format === "unknown" ? "" : ` (${format})`;
    const place = where && `${where}: `;
    const remedy = advice && `. ${advice}`;
    super(
      `${printable(file, 300)}${kind}: ${place}${problem}${remedy}`,
      about.cause === undefined ? undefined : { cause: about.cause },
    );
    this.file = file;
    this.format = format;
    this.where = where;
    this.advice = advice;
  }
}

/** Makes the error for one place in one file; what every reader throws. */
export type Fail = (where: string, problem: string, advice?: string) => WeightFileError;

/** @returns a maker of errors about `file`, read as `format`. */
export function failing(file: string, format: WeightFormat | "unknown"): Fail {
  return (where, problem, advice) => new WeightFileError({ file, format, where, problem, advice });
}

/** The usual remedy for a damaged file. */
export const DAMAGED = "The file is damaged or incomplete: download or save it again";

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text out of a file, made fit for a message: no control characters, at most `limit` characters. */
export function printable(text: string, limit = 120): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return short.replace(UNPRINTABLE, "�");
}

/** `tensor "name"`, as `where` of an error. */
export function tensorNamed(name: string): string {
  return `tensor "${printable(name)}"`;
}

/** `layer "name"`, as `where` of an error. */
export function layerNamed(name: string): string {
  return `layer "${printable(name)}"`;
}

/** Some of many names, for a message. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map((name) => printable(name, 60));
  return shown.join(", ") + (names.length > most ? ", …" : "");
}
