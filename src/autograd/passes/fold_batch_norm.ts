import { foldBatchNorm as fold, type NDArray } from "../../kernels/index.ts";
import { conv2dOp } from "../ops/conv2d/conv2d.ts";
import { type BatchNormAttributes, batchNormOp } from "../ops/norm/batch_norm.ts";
import { asOp, Flow, type PlannedOp, replaced } from "./pass.ts";

/**
 * A convolution and the batch normalisation after it run as one convolution where nothing in them trains, the statistics are
 * fixed and there are more outputs to normalise than weights to fold.
 */
export function foldBatchNorm(ops: readonly PlannedOp[], asked: ReadonlySet<object>): PlannedOp[] {
  const flow = new Flow(ops, asked);
  const changes = new Map<PlannedOp, PlannedOp | null>();
  for (const planned of ops) {
    const norm = asOp(planned, batchNormOp);
    const conv = norm && asOp(flow.ownMaker(norm), conv2dOp);
    if (conv?.attributes.activation !== "none" || !norm || !isFixed(norm)) continue;
    const [x, weight] = conv.arrays as [NDArray, NDArray];
    const trains = conv.wanted[1] || conv.wanted[2];
    if (trains || x.dtype !== "f32" || norm.output.size <= weight.size) continue;
    if (conv.output.requiresGrad !== norm.output.requiresGrad) continue;
    const { output, identity } = norm;
    const wanted = [conv.wanted[0]!, false, false];
    const prepare = () => folded(conv.arrays, norm);
    changes.set(planned, { ...conv, wanted, output, identity, prepare });
    changes.set(conv, null);
  }
  return replaced(ops, changes);
}

/** Whether it neither trains nor uses statistics of its own. */
function isFixed({ attributes, wanted }: PlannedOp<BatchNormAttributes>): boolean {
  return !attributes.training && !wanted[1] && !wanted[2];
}

function folded(
  [x, weight, bias]: readonly NDArray[],
  { arrays, attributes }: PlannedOp<BatchNormAttributes>,
): NDArray[] {
  const { runningMean, runningVar, eps } = attributes;
  const at = (index: number | null) => (index === null ? null : arrays[index]!);
  const result = fold(
    {
      weight: weight!,
      bias: bias ?? null,
      gamma: at(attributes.weight),
      beta: at(attributes.bias),
      mean: runningMean!,
      variance: runningVar!,
    },
    eps,
  );
  return [x!, result.folded, result.shift];
}
