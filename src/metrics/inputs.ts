/** Class numbers (or, for two classes, scores), one an example. */
export type Values = ArrayLike<number>;

/** A row an example: scores or probabilities of each class, or of several labels a yes (1) or no (0) for each. */
export type Rows = readonly Values[];

export function isRows(values: Values | Rows): values is Rows {
  return typeof values[0] === "object";
}

/** @throws RangeError where two lists don't have one entry an example, or there is none. */
export function checkLengths(where: string, given: Readonly<Record<string, { length: number }>>) {
  const [[first, { length }], ...others] = Object.entries(given) as [string, { length: number }][];
  if (length === 0) throw new RangeError(`${where}: ${first} is empty`);
  for (const [name, other] of others) {
    if (other.length === length) continue;
    throw new RangeError(
      `${where}: ${first} has ${length} entries, ${name} ${other.length}; each needs one an example`,
    );
  }
}

/** How long each row is. @throws RangeError naming a row that is longer or shorter than the first. */
export function widthOf(where: string, name: string, rows: Rows): number {
  const width = rows[0]!.length;
  const other = rows.findIndex((row) => row.length !== width);
  if (other < 0) return width;
  throw new RangeError(
    `${where}: ${name} has ${width} entries in its first row, ${rows[other]!.length} in row ${other}`,
  );
}

/** Entry `c` of every row. */
export function column(rows: Rows, c: number): Float64Array {
  return Float64Array.from(rows, (row) => row[c]!);
}

/** 1 where a value is the label, else 0. */
export function indicator(values: Values, label: number): Float64Array {
  return Float64Array.from(values, (value) => (value === label ? 1 : 0));
}

/** The values that occur, each once, in order. */
export function distinct(...lists: readonly Values[]): number[] {
  const all = new Set(lists.flatMap((values) => Array.from(values)));
  return [...all].sort((a, b) => a - b);
}

export function sum(values: Values): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** The mean, weighted where weights are given. NaN where these are all 0. */
export function mean(values: Values, weights?: Values): number {
  if (!weights) return sum(values) / values.length;
  const total = Array.from(values).reduce((all, value, i) => all + value * weights[i]!, 0);
  return total / sum(weights);
}
