/** What each column of a table of measurements is like. Plain data: keep it with the model, new rows go through it too. */
export interface ColumnScale {
  /** Without what is missing; 0 of a column of nothing else. */
  readonly mean: readonly number[];
  /** Standard deviation, as numpy has it (divided by the count); 1 where a column doesn't vary. */
  readonly scale: readonly number[];
}

/**
 * Mean and deviation of each column, of the training rows. NaN says that a value is missing.
 *
 * @param rows one an example, equally long.
 * @throws Error naming a row that is of another length, or holds infinity.
 */
export function columnScale(rows: readonly ArrayLike<number>[]): ColumnScale {
  const width = rows[0]?.length ?? 0;
  if (width === 0) throw new Error("columnScale: there are no rows with numbers");
  checkRows("columnScale", rows, width);
  const columns = Array.from({ length: width }, (_, c) => {
    const known = rows.map((row) => row[c]).filter((value) => !Number.isNaN(value));
    const count = Math.max(1, known.length);
    const mean = known.reduce((sum, value) => sum + value, 0) / count;
    const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    return { mean, scale: Math.sqrt(variance) || 1 };
  });
  return { mean: columns.map(({ mean }) => mean), scale: columns.map(({ scale }) => scale) };
}

/**
 * Rows as a network likes them: each value as its distance from the column's mean in deviations, 0 where it is missing (NaN), and
 * behind them a 1 for each value that is missing, else a 0. What scikit-learn's StandardScaler, SimpleImputer(fill_value=0) and
 * MissingIndicator give.
 *
 * @returns of each row [k] a Float32Array [2k].
 * @throws Error naming a row that is of another length than the columns, or holds infinity.
 */
export function standardize(
  rows: readonly ArrayLike<number>[],
  { mean, scale }: ColumnScale,
): Float32Array[] {
  const width = mean.length;
  checkRows("standardize", rows, width);
  return rows.map((row) => {
    const out = new Float32Array(2 * width);
    for (let c = 0; c < width; c++) {
      const missing = Number.isNaN(row[c]);
      out[c] = missing ? 0 : (row[c] - mean[c]) / scale[c];
      out[width + c] = missing ? 1 : 0;
    }
    return out;
  });
}

function checkRows(name: string, rows: readonly ArrayLike<number>[], width: number): void {
  rows.forEach((row, i) => {
    if (row.length !== width)
      throw new Error(`${name}: row ${i} has ${row.length} numbers, not ${width}`);
    const wrong = Array.from(row).find((value) => value === Infinity || value === -Infinity);
    if (wrong !== undefined)
      throw new Error(`${name}: row ${i} holds ${wrong}; NaN says that a value is missing`);
  });
}
