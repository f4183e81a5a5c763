import { withGradMode } from "../mode.ts";
import type { Tensor } from "../tensor.ts";
import { Program } from "./program.ts";

/** One applied operation. */
export interface AppliedOp {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** As the op's own file defines them. */
  readonly attributes: unknown;
  readonly output: Tensor;
}

/**
 * Runs `fn`, without gradients, and lists every operation that it applies, in order; nothing is computed. A tensor of the
 * list that is read all the same is computed then.
 */
export function recordOps<T>(fn: () => T): { ops: AppliedOp[]; result: T } {
  const program = new Program(null, []);
  const result = program.run(() => withGradMode(false, fn));
  const ops = program.ops.map(({ op, inputs, attributes, output }) => ({
    name: op.opName,
    inputs,
    attributes,
    output,
  }));
  return { ops, result };
}
