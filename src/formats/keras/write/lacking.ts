import type { Planned } from "./planner.ts";

/** Why an op along other sides can't be written. */
export const ONLY_CHANNELS = "layers are written to Keras over channels or features only";

const OPS = [
  ...(["div", "pow", "matmul", "permute", "reduce", "expand", "select"] as const),
  ...(["where", "constant"] as const),
];

/** Ops on any sides, which networks of maps and vectors don't have. */
export const lacking = Object.fromEntries(
  OPS.map((op) => [op, () => ({ why: `Keras has no layer for ${op}` })]),
) as Readonly<Record<(typeof OPS)[number], () => Planned>>;
