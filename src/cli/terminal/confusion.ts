import { colors as pc } from "./colors.ts";
import { percent, plural } from "./format.ts";
import { columns, padEnd, padStart, shorten, width } from "./width.ts";

export interface Confusions {
  /** Rows are true classes, columns predicted ones. */
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly classes: readonly string[];
}

const MAX_NAME = 14;

/** A confusion matrix for the terminal; where it doesn't fit, its largest errors. */
export function confusionText(evaluation: Confusions, room = columns()): string {
  const matrix = evaluation.classes.length <= MAX_CLASSES ? matrixText(evaluation) : null;
  const fits = matrix?.every((line) => width(line) <= room);
  return matrix && fits ? matrix.join("\n") : worstText(evaluation, room);
}

/** Beyond these, columns run out of letters. */
const MAX_CLASSES = 24;

function matrixText({ confusionMatrix, classes }: Confusions): string[] {
  const names = classes.map((name) => shorten(name, MAX_NAME));
  const left = Math.max(4, ...names.map(width));
  const fitting = names.every((name) => width(name) <= 4);
  const heads = fitting ? names : names.map((_, i) => columnLetter(i));
  const largest = Math.max(0, ...confusionMatrix.flat());
  const cell = Math.max(3, String(largest).length + 1, ...heads.map((head) => width(head) + 1));
  const header = `${padEnd("", left + 4)}${heads.map((head) => padStart(head, cell)).join("")}`;
  const rows = confusionMatrix.map((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, j) => colour(padStart(n === 0 ? "·" : String(n), cell), n, i === j));
    const label = fitting ? names[i] : `${padEnd(names[i], left)} ${heads[i]}`;
    const share = total > 0 ? padStart(percent(row[i] / total), 9) : padStart("–", 9);
    return `  ${padEnd(label, left + 2)}${cells.join("")}${pc.dim(share)}`;
  });
  return [pc.dim("  true ↓  predicted →"), pc.dim(header), ...rows];
}

function colour(text: string, n: number, right: boolean): string {
  if (n === 0) return pc.dim(text);
  return right ? pc.green(text) : pc.yellow(text);
}

function columnLetter(i: number): string {
  return String.fromCharCode(97 + i);
}

function worstText({ confusionMatrix, classes }: Confusions, room: number): string {
  const errors = confusionMatrix.flatMap((row, i) =>
    row.map((n, j) => ({ n, i, j })).filter(({ n, j }) => n > 0 && j !== i),
  );
  if (errors.length === 0) return "  no confusions";
  const worst = errors.sort((a, b) => b.n - a.n).slice(0, 10);
  // Two names share what the words around them leave.
  const name = (i: number) => shorten(classes[i], Math.max(8, Math.floor((room - 26) / 2)));
  const lines = worst.map(
    ({ n, i, j }) => `  ${padStart(String(n), 5)} × "${name(i)}" taken for "${name(j)}"`,
  );
  const all = plural(errors.length, "pair of classes", "pairs of classes");
  return [pc.dim(`  the worst of ${all} confused`), ...lines].join("\n");
}
