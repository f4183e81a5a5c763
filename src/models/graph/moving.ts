import {
  add,
  amax,
  amin,
  concat,
  div,
  expand,
  indexSelect,
  matmul,
  mean,
  mul,
  permute,
  pow,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
  where,
  zeros,
} from "../../autograd/index.ts";
import type { NodeOf, OpAttrs } from "../../formats/index.ts";
import { Module } from "../../nn/index.ts";
import type { Step } from "./step.ts";

// Ops on any sides of a value. Those of a graph don't count the batch, which is dimension 0 here.

/** A tensor that is the same for each image, as one image: class tokens, positions, masks. */
class Constant extends Module {
  weight: Tensor;

  constructor({ shape, isTrained }: OpAttrs["constant"]) {
    super();
    this.weight = zeros([...shape], { requiresGrad: isTrained });
    if (!isTrained) this.registerBuffer("weight", this.weight);
  }

  override forward(): Tensor {
    return reshape(this.weight, [1, ...this.weight.shape]);
  }
}

/** Constants are repeated for each image. */
function joined(inputs: readonly Tensor[], dim: number): Tensor {
  const images = Math.max(...inputs.map(({ shape }) => shape[0]!));
  const whole = inputs.map((x) =>
    x.shape[0] === images ? x : expand(x, [images, ...x.shape.slice(1)]),
  );
  return concat(whole, dim);
}

const reductions = {
  sum,
  mean,
  max: amax,
  min: amin,
  l2: (x: Tensor, dims: number[], keepdim: boolean) => sqrt(sum(square(x), dims, keepdim)),
};

type Moving =
  | ("add" | "mul" | "div" | "pow" | "matmul" | "permute" | "reduce" | "expand" | "select")
  | ("where" | "constant" | "concat");

/** Joins more than two inputs pairwise. */
const folded =
  (join: (a: Tensor, b: Tensor) => Tensor): Step =>
  (...inputs) =>
    inputs.reduce((a, b) => join(a, b));

export const movings: { readonly [K in Moving]: (node: NodeOf<K>) => Step } = {
  add: () => folded(add),
  mul: () => folded(mul),
  div: () => folded(div),
  pow:
    ({ attrs }) =>
    (x) =>
      pow(x!, attrs.exponent),
  matmul: () => folded(matmul),
  permute:
    ({ attrs: { order } }) =>
    (x) =>
      permute(x!, [0, ...order.map((dim) => dim + 1)]),
  reduce:
    ({ attrs: { kind, dims, keepDims } }) =>
    (x) =>
      reductions[kind](
        x!,
        dims.map((dim) => dim + 1),
        keepDims,
      ),
  expand:
    ({ attrs: { shape } }) =>
    (x) =>
      expand(x!, [x!.shape[0]!, ...shape]),
  select:
    ({ attrs: { dim, indices } }) =>
    (x) =>
      indexSelect(x!, dim + 1, indices),
  where:
    () =>
    (...[condition, a, b]) =>
      where(condition!, a!, b!),
  constant: ({ attrs }) => new Constant(attrs),
  concat:
    ({ attrs: { dim = 0 } }) =>
    (...inputs) =>
      joined(inputs, dim + 1),
};
