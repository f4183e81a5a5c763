import type { launch, linearGrid, specialize } from "../../gpu/index.ts";
import type { allocate } from "../array.ts";

/**
 * What kernels for software adapters call. Handed in, since importing it would make bundlers cut what pages on a GPU load
 * in two.
 */
export interface Engine {
  readonly allocate: typeof allocate;
  readonly launch: typeof launch;
  readonly linearGrid: typeof linearGrid;
  readonly specialize: typeof specialize;
}
