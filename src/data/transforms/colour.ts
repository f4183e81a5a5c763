/** out = matrix · in + bias, the same for every pixel: what most colour transforms are. */
export interface ColourMap {
  /** A row per output channel, a column per input channel. */
  readonly matrix: readonly (readonly number[])[];
  /** Per output channel. */
  readonly bias: readonly number[];
}

/** out[c] = scale(c) · in[c] + offset(c). */
export function perChannel(
  channels: number,
  scale: (c: number) => number,
  offset: (c: number) => number,
): ColourMap {
  const every = Array.from({ length: channels }, (_, c) => c);
  return {
    matrix: every.map((row) => every.map((column) => (row === column ? scale(row) : 0))),
    bias: every.map(offset),
  };
}

export function identityColour(channels: number): ColourMap {
  return perChannel(
    channels,
    () => 1,
    () => 0,
  );
}

export function applyColour(map: ColourMap, colour: readonly number[]): number[] {
  return map.matrix.map((row, i) => row.reduce((sum, m, j) => sum + m * colour[j], map.bias[i]));
}

/** First `first`, then `second`, as one map. */
export function composeColour(first: ColourMap, second: ColourMap): ColourMap {
  const columns = first.matrix[0].map((_, j) => first.matrix.map((row) => row[j]));
  const product = second.matrix.map((row) =>
    columns.map((column) => column.reduce((sum, value, k) => sum + row[k] * value, 0)),
  );
  return { matrix: product, bias: applyColour(second, first.bias) };
}
