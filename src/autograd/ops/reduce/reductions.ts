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
import type { GradRule } from "../../node.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Reduction {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

/** How to reduce over `dims`, which stay as ones: the result, and its gradient as a rule on one of that shape. */
type Reducer = (x: NDArray, dims: readonly number[]) => { out: NDArray; rule: GradRule };

/* @__NO_SIDE_EFFECTS__ */
function reduction(name: string, requireInput: typeof requireTensor, reducer: Reducer) {
  const op = defineOp<Reduction>(name, ([x], { dims, keepdim }) => {
    const { out, rule } = reducer(x, dims);
    const grad: GradRule["grad"] = (dy, context) => rule.grad(dy.share(out.shape), context);
    return {
      out: out.share(reducedShape(x.shape, dims, keepdim)),
      grads: [saving(rule.needs, grad)],
    };
  });
  return (input: Tensor, dim?: Dims, keepdim = false): Tensor => {
    const { shape } = requireInput(name, "input", input);
    return op([input], { dims: resolveDims(name, dim, shape), keepdim });
  };
}

/** A result of its own, also where there was nothing to reduce: x may be updated in place. */
function reduced(...[op, x, dims, divisor]: Parameters<typeof reduce>): NDArray {
  const out = reduce(op, x, dims, divisor);
  return out.storage === x.storage ? copy(out) : out;
}

/**
 * The sum over one dimension, several, or all (the default). i32 and u32 stay what they are. With keepdim the summed
 * dimensions stay, as ones.
 */
export const sum = reduction("sum", requireTensor, (x, dims) => ({
  out: reduced("sum", x, dims),
  rule: saving([], (dy) => repeated(dy, x.shape)),
}));

/** The mean over one dimension, several, or all (the default). Floats only. */
export const mean = reduction("mean", requireFloat, (x, dims) => {
  const count = sizeOf(dims.map((d) => x.shape[d]!));
  return {
    out: reduced("sum", x, dims, count),
    rule: saving([], (dy) => repeated(binary("div", dy, count), x.shape)),
  };
});

/* @__NO_SIDE_EFFECTS__ */
const extreme =
  (op: "max" | "min"): Reducer =>
  (x, dims) => {
    const out = reduced(op, x, dims);
    return { out, rule: saving([x, out], (dy) => tieGradient(dy, x, out, dims)) };
  };

/**
 * The maximum over one dimension, several, or all (the default). NaN propagates. Elements that tie
 * share the gradient evenly.
 */
export const amax = reduction("amax", requireTensor, extreme("max"));

/** The minimum over one dimension, several, or all (the default); see `amax`. */
export const amin = reduction("amin", requireTensor, extreme("min"));
