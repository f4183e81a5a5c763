import type { NetworkBuilder, Value } from "./builder.ts";
import type { Shape } from "./network_graph.ts";
import { shown, sizeOf } from "./sides.ts";
import { putTogether, takenApart } from "./taken_apart.ts";

/** The layer that a reshaping stands for in the file, for messages. */
export interface Reshaping {
  readonly name: string;
  readonly type: string;
  /** How the file lays out its maps. */
  readonly layout: "NHWC" | "NCHW";
  /** Whether a map may become any other by moving its channels; graphs are read with their own axes instead. */
  readonly moves?: boolean;
}

/**
 * Gives a value another shape, where that only flattens, adds or drops sides of 1, moves between rows and columns, or is undone
 * by moving dimensions.
 *
 * @param target in the file's layout, without the batch; one side may be −1.
 */
export function reshapeValue(
  builder: NetworkBuilder,
  { name, type, layout, moves }: Reshaping,
  input: Value,
  target: readonly number[],
): Value {
  if (!input.shape) return {};
  const because = (why: string) => builder.unsupported(name, type, why);
  const wanted = resolved(target, sizeOf(input.shape));
  if (!wanted) return because(`${shown(input.shape)} can't be reshaped to [${target.join(", ")}]`);
  if (input.apart) {
    const together = putTogether(builder, name, input, wanted, layout);
    return together ?? because("it ends a rearrangement that isn't known");
  }
  if (wanted.length === 1) return flattened(builder, name, input, layout);
  if (splitsSides(input.shape, wanted, layout)) return takenApart(input, wanted);
  const ours = mapShape(wanted, layout);
  if (!ours) return because(`a map of ${wanted.length} dimensions isn't supported`);
  if (equal(ours, input.shape)) return input;
  if (input.shape.length === 3) {
    // Either way to count the elements keeps them in their order.
    const keeps = ours[0] === input.shape[0] || input.turned;
    if (!keeps && !moves) return because(`it rearranges ${shown(input.shape)} into ${shown(ours)}`);
    if (!keeps) return inFileOrder(builder, name, input, wanted);
    return { ...builder.add("reshape", name, [input], { shape: ours }), turned: input.turned };
  }
  if (keepsOrder(ours, layout)) return builder.add("reshape", name, [input], { shape: ours });
  // In the file's order these can only be channels, height and width: the dimensions must be moved next.
  return { ...builder.add("reshape", name, [input], { shape: wanted }), turned: true };
}

/** A map to another one with its channels behind, as the file has both. */
function inFileOrder(
  builder: NetworkBuilder,
  name: string,
  input: Value,
  shape: readonly number[],
): Value {
  const from = builder.add("permute", `${name}_last`, [input], { order: [1, 2, 0] });
  const reshaped = builder.add("reshape", name, [from], { shape });
  return builder.add("permute", `${name}_first`, [reshaped], { order: [2, 0, 1] });
}

function flattened(
  builder: NetworkBuilder,
  name: string,
  input: Value,
  layout: "NHWC" | "NCHW",
): Value {
  if (input.shape?.length === 1) return input;
  return builder.flatten(name, input, input.shape && isColumn(input.shape) ? "NCHW" : layout);
}

/** Fills in −1; undefined where the sizes can't agree. */
function resolved(target: readonly number[], size: number | null): number[] | undefined {
  const open = target.filter((side) => side === -1).length;
  const known = target.reduce((product, side) => (side === -1 ? product : product * side), 1);
  if (open > 1 || known < 1 || (open === 1 && size === null)) return undefined;
  const wanted = target.map((side) => (side === -1 ? (size ?? 0) / known : side));
  const total = wanted.reduce((product, side) => product * side, 1);
  const fits = wanted.every((side) => Number.isSafeInteger(side) && side > 0);
  return fits && (size === null || total === size) ? wanted : undefined;
}

/** The file's [h, w, c] or [c, h, w] as [c, h, w]; its [h, w] as one channel. */
export function mapShape<T extends number | null>(
  shape: readonly T[],
  layout: "NHWC" | "NCHW",
): (T | 1)[] | undefined {
  if (shape.length === 2) return [1, ...shape];
  if (shape.length !== 3) return undefined;
  return layout === "NHWC" ? [shape[2], shape[0], shape[1]] : [...shape];
}

/** Whether a map is given more dimensions, as before a shuffle; height and width may become one. */
function splitsSides(shape: Shape, wanted: readonly number[], layout: "NHWC" | "NCHW"): boolean {
  if (shape.length !== 3) return false;
  const [channels, height, width] = shape;
  if (wanted.length !== 3) return wanted.length > 3;
  const pixels = height === null || width === null ? null : height * width;
  const isGrouped = channels !== wanted[0] && wanted[0] * wanted[1] === channels;
  return layout === "NCHW" && isGrouped && wanted[2] === pixels;
}

/** Whether a vector's elements stay in their order when they become this map. */
function keepsOrder(map: Shape, layout: "NHWC" | "NCHW"): boolean {
  return layout === "NCHW" || map[0] === 1 || isColumn(map);
}

function isColumn(shape: Shape): boolean {
  return shape.length === 3 && shape[1] === 1 && shape[2] === 1;
}

function equal(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}
