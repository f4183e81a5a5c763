import {
  checkOptions,
  type HW,
  type Resizing,
  samplingOf,
  scaledSize,
} from "../../../base/index.ts";
import { resize as forward, resizeGradient } from "../../../kernels/index.ts";
import { requireFloat, requireRank, requireWord } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface InterpolateOptions {
  /** Height and width of the result: a number, or two. Either this or `scaleFactor`. */
  size?: number | readonly number[];
  /** By what height and width grow: a number, or two. The result's are rounded down. */
  scaleFactor?: number | readonly number[];
  /** Default "nearest", which is "nearest-exact" with places rounded down instead of to the nearest. */
  mode?: "nearest" | "nearest-exact" | "bilinear";
  /** With "bilinear": corners keep their values. Default false. */
  alignCorners?: boolean;
}

/** What a resizing does; `outHW` follows from `scale` where that is given. */
export interface ResizeAttributes extends Resizing {
  readonly outHW: HW;
  readonly scale: HW | null;
}

const op = defineOp<ResizeAttributes>("resize", ([x], { outHW, scale, ...resizing }) => {
  const inHW: HW = [x.shape[2]!, x.shape[3]!];
  const along = (axis: 0 | 1) =>
    samplingOf(resizing.coordinates, inHW[axis], outHW[axis], scale?.[axis]);
  const plan = { ...resizing, outHW, sampling: [along(0), along(1)] } as const;
  return { out: forward(x, plan), grads: [saving([], (dy) => resizeGradient(dy, inHW, plan))] };
});

/**
 * Maps [N, C, H, W] with another height and width.
 *
 * @param target the new size, or by what the old one is scaled.
 * @throws Error where nothing would be left.
 */
export function resize(
  input: Tensor,
  target: { readonly size: HW } | { readonly scale: HW },
  { mode, coordinates, rounding }: Resizing,
): Tensor {
  requireFloat("interpolate", "input", input);
  requireRank("interpolate", "input", input, 4, 4, "[N, C, H, W]");
  const [, , height, width] = input.shape as [number, number, number, number];
  const scale = "scale" in target ? target.scale : null;
  const outHW: HW =
    "size" in target
      ? target.size
      : [scaledSize(height, target.scale[0]), scaledSize(width, target.scale[1])];
  if (outHW.some((n) => n < 1)) {
    throw new Error(
      `interpolate: ${height}×${width} scaled by ${scale?.join(", ")} leaves nothing`,
    );
  }
  return op([input], { outHW, scale, mode, coordinates, rounding });
}

/**
 * Maps [N, C, H, W] up- or downsampled: every pixel is taken from the nearest one, or mixed from four.
 *
 * @returns [N, C, ...size]
 * @throws Error for another rank, size or scale, for both of them or neither.
 */
export function interpolate(input: Tensor, options: InterpolateOptions): Tensor {
  const target = checkInterpolation("interpolate", options);
  const { mode = "nearest", alignCorners } = options;
  if (mode === "bilinear") {
    const coordinates = alignCorners ? "alignCorners" : "halfPixel";
    return resize(input, target, { mode, coordinates, rounding: "floor" });
  }
  const rule = mode === "nearest" ? NEAREST : NEAREST_EXACT;
  return resize(input, target, { mode: "nearest", ...rule });
}

const NEAREST = { coordinates: "asymmetric", rounding: "floor" } as const;
const NEAREST_EXACT = { coordinates: "halfPixel", rounding: "preferCeil" } as const;

/** The size or scale that is asked for. @throws Error naming the option that is wrong. */
export function checkInterpolation(name: string, options: InterpolateOptions) {
  checkOptions(name, options, ["size", "scaleFactor", "mode", "alignCorners"]);
  const { size, scaleFactor, mode = "nearest", alignCorners } = options;
  requireWord(name, "mode", mode, ["nearest", "nearest-exact", "bilinear"]);
  if (alignCorners !== undefined && mode !== "bilinear") {
    throw new Error(`${name}: alignCorners is for mode "bilinear", not "${mode}"`);
  }
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new Error(`${name}: give either size or scaleFactor`);
  }
  if (scaleFactor === undefined) return { size: pairOf(name, "size", size, Number.isInteger) };
  return { scale: pairOf(name, "scaleFactor", scaleFactor, Number.isFinite) };
}

function pairOf(
  name: string,
  option: string,
  value: unknown,
  isNumber: (value: unknown) => boolean,
): HW {
  const pair: unknown[] = Array.isArray(value) ? value : [value, value];
  const fits = pair.length === 2 && pair.every((n) => isNumber(n) && Number(n) > 0);
  if (fits) return [Number(pair[0]), Number(pair[1])];
  throw new Error(
    `${name}: ${option} is ${JSON.stringify(value)}; give a ${option === "size" ? "whole " : ""}number above 0, or ` +
      "two as [height, width]",
  );
}
