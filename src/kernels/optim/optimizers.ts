import adamSource from "../../../shaders/optim/adam.wgsl";
import rmspropSource from "../../../shaders/optim/rmsprop.wgsl";
import rulesSource from "../../../shaders/optim/rules.wgsl";
import sgdSource from "../../../shaders/optim/sgd.wgsl";
import {
  constantName,
  type Kernel,
  type KernelSource,
  launch,
  linearGrid,
  type Params,
  specialize,
} from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** A parameter with what its update reads and writes. `state` holds whole sections of its size. */
export interface Slot {
  readonly grad: NDArray;
  readonly param: NDArray;
  readonly state: NDArray;
}

/** An optimizer's kernel in the form that a launch needs: see `two_tensors.wgsl`. */
export type UpdateKernel = (form: UpdateForm) => Kernel;

interface UpdateForm {
  readonly T?: "f32" | "vec4<f32>";
  /** Whether nothing is to be done after an overflow. */
  readonly GUARDED?: boolean;
  readonly TWO?: boolean;
}

export const sgdKernel = (momentum: boolean, nesterov: boolean): UpdateKernel =>
  inForms(sgdSource, { MOMENTUM: momentum, NESTEROV: nesterov });

export const adamKernel = (decoupled: boolean, amsgrad: boolean): UpdateKernel =>
  inForms(adamSource, { DECOUPLED: decoupled, AMSGRAD: amsgrad });

export const rmspropKernel = (momentum: boolean, centered: boolean): UpdateKernel =>
  inForms(rmspropSource, { MOMENTUM: momentum, CENTERED: centered });

/** Of the optimizers in rules.wgsl. */
export const ruleKernel = (rule: "moments" | "squares" | "sign"): UpdateKernel =>
  inForms(rulesSource, { RULE: constantName(rule) });

function inForms(source: KernelSource, constants: Record<string, boolean | string>): UpdateKernel {
  return (form) => specialize(source, { ...constants, ...form });
}

/** Sections of the state start at multiples of the size, so that must come in fours. */
export const inFours = ({ param }: Slot): boolean => param.size % 4 === 0;

/**
 * Updates one or two parameters in one dispatch: as many as fit the eight storage buffers that
 * every adapter has. Both must be in fours, or neither is read so.
 * @param hyper asked again at every replay, so schedules and step counts stay live.
 * @param guard u32 [overflow found, steps skipped]: with an overflow nothing is updated.
 */
export function update(
  kernel: UpdateKernel,
  first: Slot,
  second: Slot | null,
  hyper: () => Params,
  guard: NDArray | null = null,
): void {
  const fours = inFours(first) && (!second || inFours(second));
  const other = second ?? { grad: allocate([1]), param: allocate([1]), state: allocate([1]) };
  const width = fours ? 4 : 1;
  const n0 = first.param.size / width;
  const n1 = second ? second.param.size / width : 0;
  const tensors = {
    grad0: first.grad,
    grad1: other.grad,
    param0: first.param,
    param1: other.param,
    state0: first.state,
    state1: other.state,
    guard: guard ?? allocate([1]),
  };
  const params = () => ({ n0, n1, ...hyper() });
  const form: UpdateForm = {
    T: fours ? "vec4<f32>" : "f32",
    GUARDED: guard !== null,
    TWO: second !== null,
  };
  launch(kernel(form), tensors, params, linearGrid(n0 + n1));
}
