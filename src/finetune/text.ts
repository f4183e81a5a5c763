import type { Skipped } from "../data/index.ts";

/** "1,234" */
export function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

/** "1 image", "1,234 images" */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** " (did you mean "vgg16"?)" where one of the names is near; "" where none is. */
export function didYouMean(given: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, distance: editDistance(plain(given), plain(name)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(given.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0] ? ` (did you mean "${near[0].name}"?)` : "";
}

const plain = (name: string) => name.toLowerCase().replace(/[-_ .]/g, "");

/** Letters to put in, take out, change or swap with the next (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, changed);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/** So many of the things that are left out are named. */
const NAMED = 5;

/** A line for each of the first things that were left out, and one with how many there are where there are more. */
export function leftOut(skipped: readonly Skipped[]): string[] {
  const lines = skipped.slice(0, NAMED).map(({ name, why }) => `left out: ${name}: ${why}`);
  const more = skipped.length - NAMED;
  return more > 0 ? [...lines, `and ${count(more)} more, ${count(skipped.length)} in all`] : lines;
}

/** "a, b, c and 4 more" */
export function some(names: readonly string[], limit = 4): string {
  if (names.length <= limit) return names.join(", ");
  return `${names.slice(0, limit - 1).join(", ")} and ${names.length - limit + 1} more`;
}
