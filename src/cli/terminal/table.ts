import { colors as pc } from "./colors.ts";
import { duration, padEnd, padStart, percent } from "./format.ts";

/** One way of getting a network, and how good it was. */
export interface Result {
  readonly name: string;
  readonly accuracy: number;
  readonly loss: number;
  /** Seconds of training; null for none. */
  readonly seconds: number | null;
}

const BAR = 24;

/** Results side by side, with a bar for each accuracy. The last one is the one that counts. */
export function comparisonTable(results: readonly Result[]): string {
  const longest = Math.max(...results.map(({ name }) => name.length));
  const header = `  ${padEnd("", longest)}  ${padStart("accuracy", 9)} ${padStart("loss", 7)} ${padStart("time", 9)}`;
  const rows = results.map(({ name, accuracy, loss, seconds }, i) => {
    const cells = [
      padStart(percent(accuracy), 9),
      padStart(loss.toFixed(3), 7),
      padStart(seconds === null ? "–" : duration(seconds), 9),
    ].join(" ");
    const row = `  ${padEnd(name, longest)}  ${cells}  `;
    const best = i === results.length - 1;
    return `${best ? pc.bold(row) : row}${bar(accuracy, best)}`;
  });
  return [pc.dim(header), ...rows].join("\n");
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(fraction: number, best: boolean): string {
  const eighths = Math.round(Math.max(0, Math.min(1, fraction)) * BAR * 8);
  const text = "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  return best ? pc.green(text) : pc.dim(text);
}
