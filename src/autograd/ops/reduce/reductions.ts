import { sizeOf } from "../../../base/index.ts";
import {
  binary,
  copy,
  type NDArray,
  reduce,
  repeated,
  tieGradient,
} from "../../../kernels/index.ts";
import { requireFloat, requireTensor } from "../../checks.ts";
import { type Dims, reducedShape, resolveDims } from "../../dims.ts";
import { defineOp, type Op, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Reduction {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

/** A result of its own, also where there was nothing to reduce: x may be updated in place. */
function reduced(...[op, x, dims, divisor]: Parameters<typeof reduce>): NDArray {
  const out = reduce(op, x, dims, divisor);
  return out.storage === x.storage ? copy(out) : out;
}

const sumOp = defineOp<Reduction>("sum", ([x], { dims, keepdim }) => {
  const out = reduced("sum", x, dims);
  return {
    out: out.share(reducedShape(x.shape, dims, keepdim)),
    grads: [saving([], (dy) => repeated(dy.share(out.shape), x.shape))],
  };
});

const meanOp = defineOp<Reduction>("mean", ([x], { dims, keepdim }) => {
  const count = sizeOf(dims.map((d) => x.shape[d]!));
  const out = reduced("sum", x, dims, count);
  const spread = (dy: NDArray) => repeated(binary("div", dy, count).share(out.shape), x.shape);
  return { out: out.share(reducedShape(x.shape, dims, keepdim)), grads: [saving([], spread)] };
});

/* @__NO_SIDE_EFFECTS__ */
function defineExtreme(name: string, op: "max" | "min"): Op<Reduction> {
  return defineOp<Reduction>(name, ([x], { dims, keepdim }) => {
    const out = reduced(op, x, dims);
    const rule = saving([x, out], (dy) => tieGradient(dy.share(out.shape), x, out, dims));
    return { out: out.share(reducedShape(x.shape, dims, keepdim)), grads: [rule] };
  });
}

const amaxOp = defineExtreme("amax", "max");
const aminOp = defineExtreme("amin", "min");

function apply(op: Op<Reduction>, input: Tensor, dim: Dims | undefined, keepdim: boolean): Tensor {
  return op([input], { dims: resolveDims(op.opName, dim, input.shape), keepdim });
}

/**
 * The sum over one dimension, several, or all (the default). i32 and u32 stay what they are.
 * @param keepdim the summed dimensions stay, as ones.
 */
export function sum(input: Tensor, dim?: Dims, keepdim = false): Tensor {
  return apply(sumOp, requireTensor("sum", "input", input), dim, keepdim);
}

/** The mean over one dimension, several, or all (the default). Floats only. */
export function mean(input: Tensor, dim?: Dims, keepdim = false): Tensor {
  return apply(meanOp, requireFloat("mean", "input", input), dim, keepdim);
}

/**
 * The maximum over one dimension, several, or all (the default). NaN propagates. Elements that tie
 * share the gradient evenly.
 */
export function amax(input: Tensor, dim?: Dims, keepdim = false): Tensor {
  return apply(amaxOp, requireTensor("amax", "input", input), dim, keepdim);
}

/** The minimum over one dimension, several, or all (the default); see `amax`. */
export function amin(input: Tensor, dim?: Dims, keepdim = false): Tensor {
  return apply(aminOp, requireTensor("amin", "input", input), dim, keepdim);
}
