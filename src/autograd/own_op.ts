import { sameShape, shapeText } from "../base/index.ts";
import { NDArray } from "../kernels/index.ts";
import type { Definition, OpResult } from "./definition.ts";
import type { GradRule } from "./node.ts";
import { makeOp, registry } from "./op.ts";
import type { Tensor } from "./tensor.ts";

/** An op of the user's own: tensors in, a tensor out. */
export type OwnOp<A> = (inputs: readonly Tensor[], attributes: A) => Tensor;

/**
 * A differentiable operation of one's own: its forward pass and one gradient rule per input, in one place.
 *
 * `definition` gets the inputs as arrays and gives an array back, which it makes with `allocate` and fills with
 * `launch`; what else it allocates is freed when it returns. It must do nothing else and depend on nothing but what it is
 * given: a captured step asks it for shapes first and runs it when its result is needed. Rules of inputs that need no
 * gradient are dropped, and what only they would have kept is never kept.
 *
 * @param name what errors call it; none of the library's own ops.
 * @returns the op, to be called with a list of tensors (and its attributes, where it has any).
 * @throws Error when the name is taken; where the op is used, when its definition gives something else than it should.
 * @example
 * const double = defineOp("double", ([x]) => ({
 *   out: run(doubleKernel, x),
 *   grads: [saving([], (dy) => run(doubleKernel, dy))], // needs nothing kept but the gradient of the output
 * }));
 * const y = double([tensor([1, 2, 3])]);
 */
export function defineOwnOp<A = void>(name: string, definition: Definition<A>): OwnOp<A> {
  if (registry.has(name)) throw new Error(`defineOp: the library has an op "${name}" of its own`);
  return makeOp<A>({
    opName: name,
    define: (inputs, attributes, wanted) =>
      checked(name, inputs, definition(inputs, attributes, wanted)),
  });
}

function checked(name: string, inputs: readonly NDArray[], result: OpResult): OpResult {
  const { out, grads } = result ?? {};
  if (!(out instanceof NDArray))
    throw new TypeError(`${name}: its definition must give { out, grads }, with an array as out`);
  if (!Array.isArray(grads) || grads.length !== inputs.length) {
    throw new TypeError(
      `${name}: grads must have a rule, or null, for each of its ${inputs.length} inputs`,
    );
  }
  return { out, grads: grads.map((rule, i) => rule && checkedRule(name, i, inputs[i]!, rule)) };
}

/** A gradient of another shape would be added up all the same, to nonsense. */
function checkedRule(name: string, i: number, input: NDArray, rule: GradRule): GradRule {
  const { shape } = input;
  return {
    needs: rule.needs,
    grad(dy, context) {
      const gradient = rule.grad(dy, context);
      if (gradient instanceof NDArray && sameShape(gradient.shape, shape)) return gradient;
      const found = gradient instanceof NDArray ? shapeText(gradient.shape) : String(gradient);
      throw new Error(
        `${name}: the gradient of input ${i} is ${found}, the input ${shapeText(shape)}`,
      );
    },
  };
}
