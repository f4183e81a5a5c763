import type { NDArray } from "../kernels/index.ts";
import { currentProgram } from "./capture/program.ts";
import type { Definition, OpSpec, Traits } from "./definition.ts";
import { isGradEnabled } from "./mode.ts";
import { runOp } from "./run_op.ts";
import { freedText, Tensor } from "./tensor.ts";

export { type Definition, saving } from "./definition.ts";

export interface Op<A = void> extends OpSpec<A> {
  (inputs: readonly Tensor[], attributes: A): Tensor;
}

/** The names of all ops; the OpInfo suite fails for one without tests. */
export const registry = new Set<string>();

/**
 * Defines a differentiable operation: forward and one gradient rule per input in one place. The
 * rules of inputs that don't require a gradient are dropped, and what only they need is never kept.
 * Temporaries made in `definition` are freed when it returns.
 *
 * While a step is captured an op waits: `definition` is then asked on arrays without memory for the result's shape, and
 * run when the result is needed.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<A = void>(
  name: string,
  definition: Definition<A>,
  traits: Traits<A> = {},
): Op<A> {
  registry.add(name);
  return makeOp({ opName: name, define: definition, ...traits });
}

/** The function that applies an op. */
export function makeOp<A>(spec: OpSpec<A>): Op<A> {
  const name = spec.opName;
  const apply = (inputs: readonly Tensor[], attributes: A): Tensor => {
    const arrays = inputs.map((input, i) => usableArray(name, input, i));
    const tracksGradients = isGradEnabled();
    const wanted = inputs.map((input) => tracksGradients && input.requiresGrad);
    const program = currentProgram();
    if (program) return program.apply(op, inputs, attributes, wanted);
    const { out, node } = runOp(op, inputs, arrays, attributes, wanted);
    const tensor = new Tensor(out, node !== null, node);
    if (node) node.output = new WeakRef(tensor);
    return tensor;
  };
  const op: Op<A> = Object.assign(apply, spec);
  return op;
}

function usableArray(name: string, input: Tensor, index: number): NDArray {
  if (!(input instanceof Tensor)) throw new Error(`${name}: input ${index} is not a tensor`);
  if (input.disposed) {
    throw new Error(`${name}: input ${index} ${freedText(input)}`);
  }
  return input.array;
}
