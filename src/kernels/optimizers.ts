import adamSource from "../../shaders/adam.wgsl";
import rmspropSource from "../../shaders/rmsprop.wgsl";
import sgdSource from "../../shaders/sgd.wgsl";
import { type Kernel, launch, linearGrid, type Params, specialize } from "../gpu/index.ts";
import { allocate, type NDArray } from "./array.ts";

/** A parameter with what its update reads and writes. `state` holds whole sections of its size. */
export interface Slot {
  readonly grad: NDArray;
  readonly param: NDArray;
  readonly state: NDArray;
}

export const sgdKernel = (momentum: boolean, nesterov: boolean): Kernel =>
  specialize(sgdSource, { MOMENTUM: momentum, NESTEROV: nesterov });

export const adamKernel = (decoupled: boolean, amsgrad: boolean): Kernel =>
  specialize(adamSource, { DECOUPLED: decoupled, AMSGRAD: amsgrad });

export const rmspropKernel = (momentum: boolean, centered: boolean): Kernel =>
  specialize(rmspropSource, { MOMENTUM: momentum, CENTERED: centered });

/**
 * Updates one or two parameters in one dispatch: as many as fit the eight storage buffers that
 * every adapter has.
 * @param hyper asked again at every replay, so schedules and step counts stay live.
 */
export function update(
  kernel: Kernel,
  first: Slot,
  second: Slot | null,
  hyper: () => Params,
): void {
  const other = second ?? { grad: allocate([1]), param: allocate([1]), state: allocate([1]) };
  const n0 = first.param.size;
  const n1 = second ? second.param.size : 0;
  const tensors = {
    grad0: first.grad,
    grad1: other.grad,
    param0: first.param,
    param1: other.param,
    state0: first.state,
    state1: other.state,
  };
  launch(kernel, tensors, () => ({ n0, n1, ...hyper() }), linearGrid(n0 + n1));
}
