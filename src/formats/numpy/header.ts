/**
 * The header of an .npy file: a Python dictionary such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (64, 3, 3, 3), }`.
 */
import { DAMAGED, type Fail, printable } from "../errors.ts";

/** Python literals that occur in headers. Lists describe records, which Graft doesn't read further. */
type Literal = string | number | boolean | null | readonly Literal[];

export interface NpyHeader {
  /** NumPy's name of the element type, such as `<f4`; `record` for structured elements. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly Literal[];
}

/** A record type may be nested, but only a hostile header is nested deeply. */
const MAX_DEPTH = 16;

const TOKEN =
  /\s*(?:'([^'\\]{0,4096})'|"([^"\\]{0,4096})"|(-?\d{1,20})L?|(True|False|None)|([{}()[\]:,]))/y;

/** @throws the error of `fail` when the text is no such dictionary. */
export function parseNpyHeader(text: string, fail: Fail): NpyHeader {
  const parser = new LiteralParser(text, fail);
  const fields = parser.dictionary();
  const descr = fields.get("descr");
  const fortranOrder = fields.get("fortran_order");
  const shape = fields.get("shape");
  if (descr === undefined || typeof fortranOrder !== "boolean" || !Array.isArray(shape)) {
    throw fail("header", "it lacks descr, fortran_order or shape", DAMAGED);
  }
  return { descr: typeof descr === "string" ? descr : "record", fortranOrder, shape };
}

class LiteralParser {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly fail: Fail,
  ) {}

  dictionary(): Map<string, Literal> {
    const fields = new Map<string, Literal>();
    this.#expect("{");
    while (!this.#accept("}")) {
      const key = this.#literal(0);
      if (typeof key !== "string") throw this.#broken();
      this.#expect(":");
      fields.set(key, this.#literal(0));
      if (!this.#accept(",")) {
        this.#expect("}");
        break;
      }
    }
    if (this.text.slice(this.#at).trim() !== "") throw this.#broken();
    return fields;
  }

  #literal(depth: number): Literal {
    const [, single, double, integer, word, mark] = this.#next();
    if (single !== undefined) return single;
    if (double !== undefined) return double;
    if (integer !== undefined) return Number(integer);
    if (word !== undefined) return word === "None" ? null : word === "True";
    if (mark === "(") return this.#sequence(")", depth + 1);
    if (mark === "[") return this.#sequence("]", depth + 1);
    throw this.#broken();
  }

  #sequence(close: string, depth: number): Literal[] {
    if (depth > MAX_DEPTH) throw this.#broken();
    const items: Literal[] = [];
    while (!this.#accept(close)) {
      items.push(this.#literal(depth));
      if (!this.#accept(",")) {
        this.#expect(close);
        break;
      }
    }
    return items;
  }

  #next(): RegExpExecArray {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.text);
    if (!token) throw this.#broken();
    this.#at = TOKEN.lastIndex;
    return token;
  }

  #accept(mark: string): boolean {
    TOKEN.lastIndex = this.#at;
    if (TOKEN.exec(this.text)?.[5] !== mark) return false;
    this.#at = TOKEN.lastIndex;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#accept(mark)) throw this.#broken();
  }

  #broken(): Error {
    const shown = printable(this.text.slice(this.#at).trim(), 40);
    return this.fail("header", `it can't be understood at "${shown}"`, DAMAGED);
  }
}
