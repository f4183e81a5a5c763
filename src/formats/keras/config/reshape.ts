import { reshapeValue } from "../../graph/reshape.ts";
import { movedSides } from "../../graph/taken_apart.ts";
import { type LayerRule, unsupported } from "./context.ts";

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

/** Layers between which a map may have more dimensions than it has. */
export const KNOWS_APART: ReadonlySet<string> = new Set(["Reshape", "Permute"]);

/** A signal's two sides as those of a map of one row, in the file's layout. */
export function inOneRow<T>([a, b]: readonly T[], layout: "NHWC" | "NCHW"): [T | 1, T | 1, T] {
  return layout === "NHWC" ? [1, a, b] : [a, 1, b];
}

/** Permute, where it moves the channels to the front for a Flatten, or back behind a Reshape. */
export const permute: LayerRule = (use, context) => {
  const [input] = use.inputs;
  const given = use.fields.value("dims");
  const dims = JSON.stringify(given);
  if (input.apart && Array.isArray(given)) {
    const moved = movedSides(
      input,
      given.map((dim) => Number(dim) - 1),
    );
    if (moved) return moved;
  }
  if (dims === "[1,2,3]") return input;
  const isMap = context.layout === "NHWC" && input.shape?.length === 3;
  if (isMap && dims === (input.turned ? "[2,3,1]" : "[3,1,2]")) {
    return { ...input, turned: !input.turned };
  }
  const why = `moving dimensions (${dims}) isn't supported here`;
  return unsupported(use, context, why);
};

/** Reshape of a vector, a map or a signal. */
export const reshape: LayerRule = (use, { builder, layout, hasSignals }) => {
  const target = use.fields.value("target_shape");
  const isShape = Array.isArray(target) && target.every((side) => Number.isSafeInteger(side));
  if (!isShape) throw use.fields.wrong("target_shape", target);
  const [input] = use.inputs;
  const about = {
    name: use.name,
    type: use.className,
    layout: input.turned ? ("NCHW" as const) : layout,
    moves: layout === "NHWC",
  };
  const sides = target.length === 2 && hasSignals ? inOneRow(target, about.layout) : target;
  return reshapeValue(builder, about, input, sides);
};
