import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** Colours belong to a terminal: picocolors by itself also colours what continuous integration captures. */
export function colorsFor(output: { readonly isTTY?: boolean }): Colors {
  return createColors(Boolean(output.isTTY) && !process.env.NO_COLOR);
}
