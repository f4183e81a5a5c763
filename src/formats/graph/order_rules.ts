import { concatenated, type FlatOrder, sameOrder } from "./flat_order.ts";
import type { OpAttrs, OpName } from "./network_graph.ts";

/** What the rules need to know of a value. */
export interface OrderedValue {
  readonly shape?: readonly (number | null)[];
  readonly order?: FlatOrder;
}

/**
 * @returns the order of the elements that an op gives, from those of its inputs.
 * @throws Error when the op can't be done in our order.
 */
export function orderAfter<K extends OpName>(
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly OrderedValue[],
): FlatOrder | undefined {
  const orders = inputs.map((input) => input.order);
  if (op === "linear" || orders.every((order) => order === undefined)) return undefined;
  if (op === "given" && "shape" in attrs && attrs.shape.join() !== inputs[0]?.shape?.join()) {
    return undefined;
  }
  if (op === "concat") {
    return concatenated(
      orders,
      inputs.map((input) => input.shape?.[0] ?? null),
    );
  }
  if (!orders.every((order) => sameOrder(order, orders[0]))) {
    throw new Error("it combines flattened maps whose elements lie in different orders");
  }
  if (
    op === "reshape" ||
    op === "narrow" ||
    op === "channelShuffle" ||
    (op === "rescale" && "offset" in attrs && !isUniform(attrs))
  ) {
    throw new Error("it takes a flattened map apart");
  }
  return orders[0];
}

function isUniform(attrs: OpAttrs["rescale"]): boolean {
  return attrs.scale.length === 1 && attrs.offset.length === 1;
}
