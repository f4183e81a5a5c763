/** A row of a table, and the line of the file that it begins in, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows of comma-separated values (RFC 4180): cells may stand in quotes, with commas, line ends and doubled quotes in
 * them. Empty lines are passed over.
 *
 * @throws Error naming the line of a quote that isn't closed.
 */
export function csvRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let begun = 1;
  let cells: string[] = [];
  // A cell, in quotes or plain, and what ends it. "y": each where the one before it ended.
  const cell = /(?:[^\S\n]*"((?:[^"]|"")*)"[^\S\n]*|([^",\n]*))(,|\r?\n|$)/y;
  const whole = text.replace(/^\uFEFF/, "");
  while (cell.lastIndex < whole.length) {
    const found = cell.exec(whole);
    if (!found)
      throw new Error(`line ${begun}: a quote in it isn't where one can be, or isn't closed`);
    const [all, quoted, plain = "", end] = found;
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    line += all.split("\n").length - 1;
    if (end === "," && cell.lastIndex < whole.length) continue;
    if (end === ",") cells.push("");
    if (cells.some((text) => text !== "")) rows.push({ line: begun, cells });
    cells = [];
    begun = line;
  }
  return rows;
}
