import source from "../../../shaders/layout/strided_copy.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate } from "../array.ts";
import { innerFirst } from "../elementwise/broadcast.ts";
import type { ViewCopy } from "./view_copy.ts";

/** Elements that are fetched together: a read that uses one of them wastes the others. */
const FETCHED = 8;

/** Writes in order, reads wherever the view says. */
export const stridedCopy: ViewCopy = {
  name: "strided",
  covers: () => true,

  cost({ shape, strides }, { elementCost }) {
    const inOrder = strides.at(-1) === 1;
    return sizeOf(shape) * elementCost * (1 + (inOrder ? 1 : FETCHED));
  },

  run(x, { shape, dims, strides, offset }) {
    const out = allocate(shape, x.dtype);
    launch(
      specialize(source, { T: x.dtype, RANK: dims.length }),
      { x, out },
      { n: out.size, offset, dims: innerFirst(dims), strides: innerFirst(strides) },
      linearGrid(out.size),
    );
    return out;
  },
};
