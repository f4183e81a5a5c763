import { sameShape } from "../../base/index.ts";
import type { PlannedOp } from "../definition.ts";
import { Flow, replaced } from "./pass.ts";

/**
 * An op takes over what the ops after it do, step by step: a convolution batch normalisation with fixed statistics, a ReLU
 * and max pooling, a batch normalisation a shortcut's addition and a ReLU. It saves passes over memory, and what is in between need not be kept.
 */
export function fuseStep(ops: readonly PlannedOp[], asked: ReadonlySet<object>): PlannedOp[] {
  const flow = new Flow(ops, asked);
  const changes = new Map<PlannedOp, PlannedOp | null>();
  for (const next of ops) {
    for (const i of next.arrays.keys()) {
      const maker = flow.ownMaker(next, i);
      // With the steps that it took already.
      const joined = maker && join(changes.get(maker) ?? maker, next, i);
      if (!joined) continue;
      changes.set(maker, null);
      changes.set(next, joined);
      break;
    }
  }
  return replaced(ops, changes);
}

/** The op that made input i of `next`, doing that too; null where it can't. */
function join(maker: PlannedOp, next: PlannedOp, i: number): PlannedOp | null {
  const { op, output, identity } = next;
  const folded = i === 0 && op.joins?.(maker, next);
  if (folded) return folded;
  // They differ where the graph is cut in between.
  if (next.wanted[i] !== maker.output.requiresGrad) return null;
  const step = op.step?.(next.attributes);
  const attributes = step && maker.op.takesStep?.(maker.attributes, step, maker.inputs.length);
  if (!attributes) return null;
  const others = <V>(list: readonly V[]) => list.filter((_, at) => at !== i);
  const more = others(next.arrays);
  const { shape, dtype } = maker.output;
  if (more.some((array) => !sameShape(array.shape, shape) || array.dtype !== dtype)) return null;
  return {
    ...maker,
    attributes,
    inputs: [...maker.inputs, ...others(next.inputs)],
    arrays: [...maker.arrays, ...more],
    wanted: [...maker.wanted, ...others(next.wanted)],
    output,
    identity,
  };
}
