/**
 * The header of an .npy file: a Python dictionary such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (64, 3, 3, 3), }`.
 */
import { DAMAGED, type Fail, printable } from "../errors.ts";
import { ownValue } from "../json.ts";

export interface NpyHeader {
  /** NumPy's name of the element type, such as `<f4`; `record` for structured elements. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly unknown[];
}

/** A text, a number, a word, what closes a list, or another sign. */
const TOKEN =
  /\s*(?:'([^'\\]{0,4096})'|"([^"\\]{0,4096})"|(-?\d{1,20})L?|(True|False|None)|,?\s*([}\])])|([{([:,]))/y;

/** @throws the error of `fail` when the text is no such dictionary. */
export function parseNpyHeader(text: string, fail: Fail): NpyHeader {
  const fields = parsePython(text, fail);
  const descr = ownValue(fields, "descr");
  const fortranOrder = ownValue(fields, "fortran_order");
  const shape = ownValue(fields, "shape");
  if (descr === undefined || typeof fortranOrder !== "boolean" || !Array.isArray(shape)) {
    throw fail("header", "it lacks descr, fortran_order or shape", DAMAGED);
  }
  return { descr: typeof descr === "string" ? descr : "record", fortranOrder, shape };
}

/** Parses a Python literal by writing it as JSON, token by token. */
function parsePython(text: string, fail: Fail): unknown {
  let json = "";
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.trimEnd().length; ) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (!token) throw broken(text.slice(at), fail);
    json += inJson(token);
  }
  try {
    return JSON.parse(json);
  } catch {
    throw broken(text, fail);
  }
}

/** A token of Python as JSON, which has no comma before the end of a list. */
function inJson([, single, double, integer, word, close, mark]: RegExpExecArray): string {
  const string = single ?? double;
  if (string !== undefined) return JSON.stringify(string);
  if (integer !== undefined) return String(Number(integer));
  if (word !== undefined) return WORDS[word];
  if (close !== undefined) return close === ")" ? "]" : close;
  return mark === "(" ? "[" : mark;
}

const WORDS: Readonly<Record<string, string>> = { True: "true", False: "false", None: "null" };

function broken(rest: string, fail: Fail): Error {
  const shown = printable(rest.trim(), 40);
  return fail("header", `it can't be understood at "${shown}"`, DAMAGED);
}
