import type { Fold } from "../definition.ts";
import { Flow, type PlannedOp, replaced } from "./pass.ts";

/**
 * A convolution and the batch normalisation after it run as one convolution where nothing in them trains, the statistics are
 * fixed and there are more outputs to normalise than weights to fold.
 */
export function foldBatchNorm(ops: readonly PlannedOp[], asked: ReadonlySet<object>): PlannedOp[] {
  const flow = new Flow(ops, asked);
  const changes = new Map<PlannedOp, PlannedOp | null>();
  for (const norm of ops) {
    const fold = norm.op.fold?.(norm.arrays, norm.attributes);
    const conv = fold && flow.ownMaker(norm);
    if (!conv?.op.takesFold?.(conv.attributes) || !pays(conv, norm)) continue;
    changes.set(norm, folded(conv, norm, fold!));
    changes.set(conv, null);
  }
  return replaced(ops, changes);
}

function pays(conv: PlannedOp, norm: PlannedOp): boolean {
  const trains = [conv, norm].some(({ wanted }) => wanted.slice(1).includes(true));
  const isCut = conv.output.requiresGrad !== norm.output.requiresGrad;
  const [x, weight] = conv.arrays;
  return !trains && !isCut && x!.dtype === "f32" && norm.output.size > weight!.size;
}

function folded(conv: PlannedOp, { output, identity }: PlannedOp, fold: Fold): PlannedOp {
  const wanted = [conv.wanted[0]!, false, false];
  const prepare = () => {
    const [x, weight, bias] = conv.arrays;
    return [x!, ...fold(weight!, bias ?? null)];
  };
  return { ...conv, wanted, output, identity, prepare };
}
