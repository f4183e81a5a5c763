import {
  powerOfTwoBelow,
  type ReductionVariant,
  readingCost,
  rowsOf,
  splitsOf,
  stageOf,
  tilesOf,
  WORKGROUP,
} from "./stage.ts";

/** Threads read side by side and combine what they have in workgroup memory. */
export const tree: ReductionVariant = {
  name: "tree",
  covers: (_, { cheapBarriers }) => cheapBarriers,
  cost: readingCost,

  stage(middle, profile) {
    const { outer, length, inner } = middle;
    const columns = Math.min(inner, WORKGROUP);
    const lanes = powerOfTwoBelow(Math.min(WORKGROUP / columns, length / 4));
    const rows = rowsOf(outer, lanes * columns);
    // Bandwidth wants more threads in flight than arithmetic does.
    const wanted = (4 * profile.busyWorkgroups) / tilesOf(middle, columns, rows);
    return stageOf(middle, { columns, lanes, rows, splits: splitsOf(wanted, length, lanes) }, true);
  },
};
