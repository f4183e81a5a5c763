import kernelSource from "../../../shaders/optim/approach.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/**
 * out += rate · (to − from), in place.
 *
 * @param from "out" moves `out` towards `to` itself; null is 0.
 * @param rate asked again at every replay of a captured step.
 */
export function approach(
  out: NDArray,
  to: NDArray,
  from: NDArray | "out" | null,
  rate: () => number,
): void {
  const where = from === "out" ? "out" : from === null ? "nothing" : "source";
  const kernel = specialize(kernelSource, { FROM: constantName(where) });
  const source = from === "out" || from === null ? allocate([1]) : from;
  const params = () => ({ n: out.size, rate: rate() });
  launch(kernel, { to, source, out }, params, linearGrid(out.size));
}
