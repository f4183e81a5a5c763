import { Flow, type PlannedOp, replaced } from "./pass.ts";

/** A convolution or linear layer and the ReLU after it run as one kernel: a pass over memory less, and less to keep. */
export function fuseRelu(ops: readonly PlannedOp[], asked: ReadonlySet<object>): PlannedOp[] {
  const flow = new Flow(ops, asked);
  const changes = new Map<PlannedOp, PlannedOp | null>();
  for (const relu of ops) {
    const maker = relu.op.opName === "relu" ? flow.ownMaker(relu) : null;
    const attributes = maker?.op.withRelu?.(maker.attributes) ?? null;
    // They differ where the graph is cut in between.
    if (!maker || !attributes || maker.output.requiresGrad !== relu.output.requiresGrad) continue;
    const { output, identity } = relu;
    changes.set(maker, { ...maker, attributes, output, identity });
    changes.set(relu, null);
  }
  return replaced(ops, changes);
}
