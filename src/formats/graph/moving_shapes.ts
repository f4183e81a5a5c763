import type { OpAttrs, Shape } from "./network_graph.ts";
import { broadcast, shown, unequal } from "./sides.ts";

type Moving = "matmul" | "permute" | "reduce" | "expand" | "select" | "where" | "constant";

/** What ops on any sides give, without the batch. */
export const movingShapes: {
  readonly [K in Moving]: (attrs: OpAttrs[K], inputs: readonly Shape[]) => Shape;
} = {
  matmul(_, [a, b]) {
    const [rows, inner] = a.slice(-2);
    const [other, columns] = b.slice(-2);
    const fits = inner === null || other === null || inner === other;
    if (a.length < 2 || b.length < 2 || !fits) throw unequal(a, b);
    return [...broadcast(a.slice(0, -2), b.slice(0, -2)), rows, columns];
  },
  permute({ order }, [input]) {
    const isOrder = order.length === input.length && new Set(order).size === order.length;
    if (!isOrder || order.some((dim) => input[dim] === undefined)) {
      throw new Error(`${shown(input)} has no sides ${order.join(", ")}`);
    }
    return order.map((dim) => input[dim]);
  },
  reduce({ dims, keepDims }, [input]) {
    for (const dim of dims) requireSide(input, dim);
    return keepDims
      ? input.map((side, dim) => (dims.includes(dim) ? 1 : side))
      : input.filter((_, dim) => !dims.includes(dim));
  },
  expand({ shape }, [input]) {
    if (broadcast(input, shape).join() !== shape.join()) throw unequal(input, shape);
    return shape;
  },
  select({ dim, indices }, [input]) {
    requireSide(input, dim);
    const side = input[dim] ?? Number.POSITIVE_INFINITY;
    const isWithin = indices.every((index) => index >= 0 && index < side);
    if (!isWithin) throw new Error(`${shown(input)} has no entries ${indices.join(", ")}`);
    return input.with(dim, indices.length);
  },
  where: (_, inputs) => inputs.reduce(broadcast),
  constant: ({ shape }) => shape,
};

function requireSide(shape: Shape, dim: number): void {
  if (shape[dim] === undefined) throw new Error(`${shown(shape)} has no side ${dim}`);
}
