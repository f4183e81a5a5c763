import type { NDArray } from "../../../kernels/index.ts";
import type { PlannedOp } from "../../definition.ts";

/** Makes weight and bias of a linear map that does what a batch normalisation did to its result. */
export type Fold = (weight: NDArray, bias: NDArray | null) => [weight: NDArray, bias: NDArray];

/**
 * A convolution and the batch normalisation after it as one convolution: where nothing in them trains, the statistics are
 * fixed and there are more outputs to normalise than weights to fold.
 */
export function foldInto(conv: PlannedOp, norm: PlannedOp, fold: Fold | null): PlannedOp | null {
  if (!fold || !conv.op.takesFold?.(conv.attributes) || !pays(conv, norm)) return null;
  const { output, identity } = norm;
  const wanted = [conv.wanted[0]!, false, false];
  const prepare = () => {
    const [x, weight, bias] = conv.arrays;
    return [x!, ...fold(weight!, bias ?? null)];
  };
  return { ...conv, wanted, output, identity, prepare };
}

function pays(conv: PlannedOp, norm: PlannedOp): boolean {
  const trains = [conv, norm].some(({ wanted }) => wanted.slice(1).includes(true));
  const isCut = conv.output.requiresGrad !== norm.output.requiresGrad;
  const [x, weight] = conv.arrays;
  return !trains && !isCut && x!.dtype === "f32" && norm.output.size > weight!.size;
}
