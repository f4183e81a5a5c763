import type { Shape } from "./network_graph.ts";

/** The number of elements; null when a side is unknown. */
export function sizeOf(shape: Shape): number | null {
  return shape.reduce((size, side) => (size === null || side === null ? null : size * side), 1);
}

/** `[3, 224, ?]`, for messages. */
export function shown(shape: Shape): string {
  return `[${shape.map((side) => side ?? "?").join(", ")}]`;
}

/** The shape of two values that are combined element by element. @throws Error when they don't fit. */
export function broadcast(a: Shape, b: Shape): Shape {
  if (a.length !== b.length) throw unequal(a, b);
  return a.map((side, axis) => {
    const other = b[axis];
    if (side === other || other === 1) return side;
    if (side === 1) return other;
    if (side === null || other === null) return side ?? other;
    throw unequal(a, b);
  });
}

export function unequal(a: Shape, b: Shape): Error {
  return new Error(`its inputs ${shown(a)} and ${shown(b)} don't fit each other`);
}
