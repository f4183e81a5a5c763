import { colors as pc } from "./colors.ts";
import { duration, percent } from "./format.ts";
import { columns, padEnd, padStart, shorten, width } from "./width.ts";

/** One way of getting a network, and how good it was. */
export interface Result {
  readonly name: string;
  readonly accuracy: number;
  readonly loss: number;
  /** Seconds of training; null for none. */
  readonly seconds: number | null;
}

const BAR = 24;

/** Results side by side, with a bar for each accuracy where there is room. The last one is the one that counts. */
export function comparisonTable(results: readonly Result[], room = columns()): string {
  const longest = Math.max(...results.map(({ name }) => width(name)));
  const header = `  ${padEnd("", longest)}  ${padStart("accuracy", 9)} ${padStart("loss", 7)} ${padStart("time", 9)}`;
  const left = Math.min(BAR, room - width(header) - 3);
  const rows = results.map(({ name, accuracy, loss, seconds }, i) => {
    const cells = [
      padStart(percent(accuracy), 9),
      padStart(loss.toFixed(3), 7),
      padStart(seconds === null ? "–" : duration(seconds), 9),
    ].join(" ");
    const row = `  ${padEnd(name, longest)}  ${cells}  `;
    const best = i === results.length - 1;
    return `${best ? pc.bold(row) : row}${left >= 8 ? bar(accuracy, left, best) : ""}`;
  });
  return [pc.dim(header), ...rows].join("\n");
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(fraction: number, columns: number, best: boolean): string {
  const eighths = Math.round(Math.max(0, Math.min(1, fraction)) * columns * 8);
  const text = "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  return best ? pc.green(text) : pc.dim(text);
}

/**
 * Columns as wide as their longest cell, numbers to the right. Cells for which a row has no room stand on lines of their own
 * below it.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  room = columns(),
): string {
  const widths = head.map((cell, i) => Math.max(width(cell), ...rows.map((row) => width(row[i]))));
  let fitting = 0;
  for (let taken = 2; fitting < widths.length; fitting++) {
    taken += widths[fitting] + (fitting > 0 ? 2 : 0);
    if (taken > room) break;
  }
  fitting = Math.max(1, fitting);
  const lines = (row: readonly string[]) => {
    const cells = row
      .slice(0, fitting)
      .map((cell, i) =>
        /^[\d.]+ /.test(cell) ? padStart(cell, widths[i]) : padEnd(cell, widths[i]),
      );
    const first = shorten(`  ${cells.join("  ")}`.trimEnd(), room);
    return [first, ...wrapped(row.slice(fitting).join("  "), room)].join("\n");
  };
  return [pc.dim(lines(head)), ...rows.map(lines)].join("\n");
}

const INDENT = "      ";

/** Words on lines of their own, set in. */
function wrapped(text: string, room: number): string[] {
  if (text.trim() === "") return [];
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(/ +/)) {
    if (line !== INDENT && width(line) + 1 + width(word) > room) {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => shorten(each, room));
}
