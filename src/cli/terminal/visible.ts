/** Bold, dim and the colours of ours, as picocolors makes them: the only sequences that may reach a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const COLOUR = /\x1b\[(?:1|2|22|31|32|33|39)m/;
/** What a terminal obeys rather than shows: control characters, and those that turn the order of letters round. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

/** A name from a file or a folder as a terminal may show it: what it would obey is written out, "\x1b" for escape. */
export function visible(name: string): string {
  return name.replace(new RegExp(CONTROL, "gu"), written);
}

/** The same for a whole message of ours, whose colours, tabs and line ends stay. */
export function visibleMessage(text: string): string {
  const parts = new RegExp(`${COLOUR.source}|[\\n\\t]|(${CONTROL.source})`, "gu");
  return text.replace(parts, (part, control) => (control === undefined ? part : written(control)));
}

/** JSON for a terminal: it escapes all but the upper control characters by itself. */
export function visibleJson(json: string): string {
  const escaped = (letter: string) => `\\u${letter.codePointAt(0)!.toString(16).padStart(4, "0")}`;
  return json.replace(new RegExp(CONTROL, "gu"), escaped);
}

function written(letter: string): string {
  const code = letter.codePointAt(0)!;
  if (letter === "\n") return "\\n";
  if (letter === "\t") return "\\t";
  return code < 256
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** An event with every text in it made visible; what isn't plain data stays as it is. */
export function visibleIn<T>(value: T): T {
  return visit(value) as T;
}

function visit(value: unknown): unknown {
  if (typeof value === "string") return visible(value);
  if (Array.isArray(value)) return value.map(visit);
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
}
