const LEVELS = " ▁▂▃▄▅▆▇█";

/** Columns of bars, some lines high, between the least and the greatest of the values. */
export function curveLines(values: readonly number[], columns: number, rows: number): string[] {
  const shown = resampled(values, Math.min(columns, values.length));
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const eighths = shown.map((value) =>
    most > least ? 1 + Math.round(((value - least) / (most - least)) * (8 * rows - 1)) : 1,
  );
  return Array.from({ length: rows }, (_, row) => {
    const below = 8 * (rows - 1 - row);
    return eighths.map((height) => LEVELS[Math.min(8, Math.max(0, height - below))]).join("");
  });
}

/** The means of so many pieces. */
function resampled(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const piece = values.slice(from, Math.floor(((i + 1) * values.length) / count));
    return piece.reduce((sum, value) => sum + value, 0) / piece.length;
  });
}
