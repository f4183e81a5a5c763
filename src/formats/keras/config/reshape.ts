import type { Value } from "../../architecture/builder.ts";
import { shown, sizeOf } from "../../architecture/shapes.ts";
import type { Shape } from "../../architecture.ts";
import type { KerasContext, LayerRule, LayerUse } from "./context.ts";

/**
 * Flatten. In an NHWC model the elements lie in the order height, width, channels. In an NCHW model they lie as they
 * are, unless the layer itself was told "channels_first": then Keras moves the channels to the end, first.
 */
export const flatten: LayerRule = (use, { builder, layout }) => {
  const [input] = use.inputs;
  if (input.shape?.length === 1) return input;
  const toldFirst = use.fields.value("data_format") === "channels_first";
  const isLast = (layout === "NHWC" && !input.turned) || toldFirst;
  return builder.flatten(use.name, input, isLast ? "NHWC" : "NCHW");
};

/** Layers that may follow a Permute which brings the channels to the front. */
export const KNOWS_TURNED: ReadonlySet<string> = new Set(["Flatten", "Reshape", "Permute"]);

/** Permute, where it moves the channels to the front for a Flatten, or back behind a Reshape. */
export const permute: LayerRule = (use, { builder, layout }) => {
  const [input] = use.inputs;
  const dims = JSON.stringify(use.fields.value("dims"));
  if (dims === "[1,2,3]") return input;
  const isMap = layout === "NHWC" && input.shape?.length === 3;
  if (isMap && dims === (input.turned ? "[2,3,1]" : "[3,1,2]")) {
    return { ...input, turned: !input.turned };
  }
  return builder.unsupported(
    use.name,
    use.className,
    `moving dimensions (${dims}) isn't supported here`,
  );
};

/** Reshape, where it only flattens or adds and drops sides of 1. */
export const reshape: LayerRule = (use, context) => {
  const target = use.fields.value("target_shape");
  const isShape = Array.isArray(target) && target.every((side) => Number.isSafeInteger(side));
  if (!isShape) throw use.fields.wrong("target_shape", target);
  return reshaped(use, context, target);
};

/** What a change of the file's shape means to a value, shared with TF.js graphs. */
export function reshaped(use: LayerUse, context: KerasContext, target: readonly number[]): Value {
  const { builder } = context;
  const [input] = use.inputs;
  if (!input.shape) return {};
  const layout = input.turned ? "NCHW" : context.layout;
  const wanted = resolved(target, sizeOf(input.shape));
  const because = (why: string) => builder.unsupported(use.name, use.className, why);
  if (!wanted) return because(`${shown(input.shape)} can't be reshaped to [${target.join(", ")}]`);
  if (wanted.length === 1) return flattened(use, { ...context, layout }, wanted[0]);
  const ours = mapShape(wanted, layout);
  if (!ours) return because(`a map of ${wanted.length} dimensions isn't supported`);
  if (equal(ours, input.shape)) return input;
  if (input.shape.length === 3) {
    return because(`it rearranges ${shown(input.shape)} into ${shown(ours)}`);
  }
  if (keepsOrder(ours, layout)) return builder.add("reshape", use.name, [input], { shape: ours });
  // In the file's order these can only be channels, height and width: a Permute must follow.
  return { ...builder.add("reshape", use.name, [input], { shape: wanted }), turned: true };
}

function flattened(use: LayerUse, { builder, layout }: KerasContext, length: number): Value {
  const [input] = use.inputs;
  if (input.shape?.length === 1) return input;
  return input.shape && isColumn(input.shape)
    ? builder.add("reshape", use.name, [input], { shape: [length] })
    : builder.flatten(use.name, input, layout);
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
