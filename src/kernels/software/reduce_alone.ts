import {
  powerOfTwoBelow,
  type ReductionVariant,
  readingCost,
  rowsOf,
  splitsOf,
  stageOf,
  tilesOf,
  WORKGROUP,
} from "../reduce/stage.ts";

/** One thread may well walk this far: another launch costs as much. */
const SHORT = 1024;

/** Each thread reduces alone: barriers are expensive here, and few threads are needed to fill the cores. */
export const alone: ReductionVariant = {
  name: "alone",
  covers: (_, { kind }) => kind === "processor",
  cost: readingCost,

  stage(middle, { busyWorkgroups }) {
    const { outer, length, inner } = middle;
    const columns = Math.min(inner, WORKGROUP);
    const enough = outer * inner >= busyWorkgroups * WORKGROUP || length <= SHORT;
    const lanes = enough ? 1 : powerOfTwoBelow(WORKGROUP / columns);
    const rows = rowsOf(outer, lanes * columns);
    const wanted = enough ? 1 : busyWorkgroups / tilesOf(middle, columns, rows);
    return stageOf(
      middle,
      { columns, lanes, rows, splits: splitsOf(wanted, length, lanes) },
      false,
    );
  },
};
