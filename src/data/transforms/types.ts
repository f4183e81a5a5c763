import type { Tensor } from "../../autograd/index.ts";
import type { Random } from "../random.ts";
import type { ColourMap } from "./colour.ts";
import type { Interpolation, View } from "./view.ts";

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Changes every pixel's colour alike. */
export interface ColourTransform {
  readonly kind: "colour";
  readonly name: string;
  /** @throws Error when the transform can't take images of so many channels. */
  map(channels: number): ColourMap;
}

/** Does to each image what is its own: moves pixels, or changes colours by its random numbers. */
export interface GeometryTransform {
  readonly kind: "geometry";
  readonly name: string;
  /** Whether it changes the images' colours: `place` calls `view.recolour` or `view.erase`. */
  readonly recolours?: "colour" | "erase";
  /** How it samples between pixels; null when it only moves whole ones. */
  readonly interpolation: Interpolation | null;
  /** What it fills uncovered parts with, in every channel; null when it leaves none. */
  fill(size: Size): number | null;
  /** The size it gives. @throws Error when it can't take images of this size. */
  size(size: Size): Size;
  /** Applies it to one image, drawing from `random` what is random. */
  place(view: View, random: Random): void;
  /** What stands in for it when nothing may be random; null for nothing. Absent: itself. */
  readonly evaluation?: GeometryTransform | null;
}

/** A function of a batch [n, c, h, w]. */
export type TensorTransform = (images: Tensor) => Tensor;

/** One step from a dataset's images to the network's input. */
export type Transform = ColourTransform | GeometryTransform | TensorTransform;
