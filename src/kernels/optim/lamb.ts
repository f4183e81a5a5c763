import directionSource from "../../../shaders/optim/lamb_direction.wgsl";
import stepSource from "../../../shaders/optim/lamb_step.wgsl";
import { launch, linearGrid, type Params, specialize } from "../../gpu/index.ts";
import { allocate } from "../array.ts";
import { globalNorm } from "./gradient_norm.ts";
import type { Slot, UpdateKernel } from "./optimizers.ts";

/** Tells steps of LAMB from others. */
export const lambKernel: UpdateKernel = () => specialize(directionSource);

/**
 * One step of LAMB for one parameter; its state has two sections.
 * @param hyper asked again at every replay.
 */
export function lambUpdate({ grad, param, state }: Slot, hyper: () => Params): void {
  const n = param.size;
  const grid = linearGrid(n);
  const direction = allocate(param.shape);
  const directed = () => {
    const { lr: _, ...others } = hyper();
    return { n, ...others };
  };
  launch(specialize(directionSource), { grad, param, state, direction }, directed, grid);
  const norms = { param_norm: globalNorm([param]), direction_norm: globalNorm([direction]) };
  const step = () => ({ n, lr: hyper().lr! });
  launch(specialize(stepSource), { direction, ...norms, param }, step, grid);
}
