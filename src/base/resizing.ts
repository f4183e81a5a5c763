/** How a map is resized. The words are ONNX's. */
export interface Resizing {
  readonly mode: "nearest" | "bilinear";
  /**
   * Which place of the input an element of the result is taken from: of pixels seen as squares the same part of the
   * whole (`halfPixel`), of corners the corners (`alignCorners`), or the number divided by the scale (`asymmetric`).
   * `pytorchHalfPixel` takes the first of all where the result has one.
   */
  readonly coordinates: "halfPixel" | "pytorchHalfPixel" | "alignCorners" | "asymmetric";
  /** How places between two pixels are rounded with mode `nearest`; `prefer…` rounds to the nearest, and halves so. */
  readonly rounding: "floor" | "ceil" | "preferFloor" | "preferCeil";
}

/** Element o of a resized axis is taken at o · step + shift. */
export interface Sampling {
  readonly step: number;
  readonly shift: number;
}

/** @param scale by which the axis grows: the quotient of the sizes, where that isn't a rounded one. */
export function samplingOf(
  coordinates: Resizing["coordinates"],
  inSize: number,
  outSize: number,
  scale: number = outSize / inSize,
): Sampling {
  if (coordinates === "alignCorners") {
    return { step: outSize > 1 ? (inSize - 1) / (outSize - 1) : 0, shift: 0 };
  }
  if (coordinates === "pytorchHalfPixel" && outSize === 1) return { step: 0, shift: 0 };
  return { step: 1 / scale, shift: coordinates === "asymmetric" ? 0 : 0.5 / scale - 0.5 };
}

/** What an axis of `size` becomes, scaled. */
export function scaledSize(size: number, scale: number): number {
  return Math.floor(size * scale);
}
