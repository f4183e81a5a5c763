import { createColors } from "picocolors";

/** Only for a person at a terminal: picocolors by itself also colours what continuous integration captures. */
const wanted = process.stdout.isTTY && process.stderr.isTTY && !process.env.NO_COLOR;

export const colors = createColors(Boolean(wanted));
