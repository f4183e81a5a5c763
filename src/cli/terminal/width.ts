// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
const COLOUR = /\x1b\[[0-9;]*m/g;
/** Takes two columns of a terminal; halfwidth Katakana doesn't. */
const WIDE =
  /(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff01-\uff60]|\p{Emoji_Presentation}/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function lettersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

const columnsOf = (letter: string) => (WIDE.test(letter) ? 2 : 1);

/** How many columns a text takes, leaving colours out. */
export function width(text: string): number {
  return lettersOf(text.replace(COLOUR, "")).reduce((sum, letter) => sum + columnsOf(letter), 0);
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - width(text))) + text;
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** A text without colours in at most this many columns: what is too much becomes "…". */
export function shorten(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  let taken = 1;
  for (const letter of lettersOf(text)) {
    taken += columnsOf(letter);
    if (taken > columns) break;
    kept += letter;
  }
  return columns > 0 ? `${kept}…` : "";
}

/** The columns there are: a terminal's, and as many as anybody likes where output goes into a file. */
export function columns(): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns || 80) : 120;
}
