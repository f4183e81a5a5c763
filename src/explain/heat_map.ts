/** What speaks for an answer, by place: rows from top to bottom, each from left to right. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  /** [height × width] */
  readonly values: Float32Array;
}

/** With the largest value as 1, or as it is where none is above 0. */
export function scaled({ width, height, values }: HeatMap): HeatMap {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return { width, height, values: most > 0 ? values.map((value) => value / most) : values };
}
