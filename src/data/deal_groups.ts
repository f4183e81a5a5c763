import { exampleName, IGNORED_LABEL, labelsOf } from "./labels.ts";
import { Random } from "./random.ts";
import type { Dataset } from "./types.ts";

/** For each example what it belongs with, the same person, say: a list, or a function of its number and name. */
export type Groups =
  | ArrayLike<string | number>
  | ((index: number, name: string | undefined) => string | number);

/** Examples that stay together. */
interface Group {
  readonly indices: number[];
  /** How many of them there are of each class. */
  readonly counts: number[];
}

/**
 * Deals whole groups to parts: the most uneven first, each to the part where it leaves the classes' shares most alike (as
 * scikit-learn's StratifiedGroupKFold; without classes GroupKFold, the largest first to the emptiest).
 *
 * @param sizes how many examples each part would have.
 * @throws RangeError where a part gets no group.
 */
export function dealGroups(
  dataset: Dataset,
  sizes: readonly number[],
  { groups, stratify, seed }: { groups: Groups; stratify: boolean; seed: number },
): number[][] {
  const random = new Random(seed);
  const found = random.shuffle(groupsOf(dataset, groups, stratify));
  const rank = stratify
    ? ({ counts }: Group) => deviation(counts)
    : ({ indices }: Group) => indices.length;
  const order = found
    .map((group) => ({ group, rank: rank(group) }))
    .sort((a, b) => b.rank - a.rank);
  const totals = sum(found.map(({ counts }) => counts));
  const left = dataset.length - sizes.reduce((a, b) => a + b, 0);
  const wanted = left > 1e-6 ? [...sizes, left] : sizes; // shares of a whole may not add up to the last bit
  const parts = wanted.map((size) => {
    const expected = totals.map((total) => (total * size) / dataset.length);
    return { expected, counts: totals.map(() => 0), indices: [] as number[] };
  });
  for (const { group } of order) {
    const part = parts[bestPart(parts, group)];
    part.indices.push(...group.indices);
    group.counts.forEach((count, c) => {
      part.counts[c] += count;
    });
  }
  return sizes.map((_, i) => {
    const { indices } = parts[i];
    if (indices.length > 0) return random.shuffle(indices);
    throw new RangeError(`split: ${found.length} groups are too few: part ${i} got none`);
  });
}

function groupsOf(dataset: Dataset, groups: Groups, stratify: boolean): Group[] {
  if (typeof groups !== "function" && groups.length !== dataset.length)
    throw new RangeError(
      `split: ${groups.length} groups for ${dataset.length} examples; give one for each`,
    );
  const labels = stratify ? labelsOf(dataset) : new Int32Array(dataset.length);
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 1);
  const byKey = new Map<string | number, Group>();
  labels.forEach((label, index) => {
    const key =
      typeof groups === "function" ? groups(index, dataset.nameOf?.(index)) : groups[index];
    if (typeof key !== "string" && typeof key !== "number")
      throw new TypeError(
        `split: the group of ${exampleName(dataset, index)} is ${key}; it must be a text or a number`,
      );
    const group = byKey.get(key) ?? { indices: [], counts: Array<number>(classes).fill(0) };
    byKey.set(key, group);
    group.indices.push(index);
    if (label !== IGNORED_LABEL) group.counts[label]++;
  });
  return [...byKey.values()];
}

interface Part {
  /** Of each class. */
  readonly expected: readonly number[];
  readonly counts: readonly number[];
}

function bestPart(parts: readonly Part[], { counts }: Group): number {
  let best = 0;
  let [least, fewest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  parts.forEach((part, i) => {
    const unevenness = unevennessWith(parts, i, counts);
    const size = part.counts.reduce((a, b) => a + b, 0);
    const alike = Math.abs(unevenness - least) <= 1e-8 + 1e-5 * least;
    const isLess = unevenness < least * (1 - 1e-12); // by more than rounding
    if (!(i === 0 || isLess || (alike && size < fewest))) return;
    [best, least, fewest] = [i, unevenness, size];
  });
  return best;
}

/** How unlike the parts' shares of each class would be, on average over the classes, with these examples in part `at`. */
function unevennessWith(parts: readonly Part[], at: number, counts: readonly number[]): number {
  const classes = counts.map((count, c) =>
    deviation(
      parts.map((part, i) => (part.counts[c] + (i === at ? count : 0)) / (part.expected[c] || 1)),
    ),
  );
  return classes.reduce((a, b) => a + b, 0) / classes.length;
}

/** The standard deviation. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
}

function sum(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, c) => rows.reduce((total, row) => total + row[c], 0));
}
