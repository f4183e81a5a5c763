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

/** Element o of a resized axis is taken at (o + before) · step + after: so halves between two pixels stay halves. */
export interface Sampling {
  readonly step: number;
  readonly before: number;
  readonly after: number;
}

/** @param scale by which the axis grows: the quotient of the sizes, where that isn't a rounded one. */
export function samplingOf(
  coordinates: Resizing["coordinates"],
  inSize: number,
  outSize: number,
  scale: number = outSize / inSize,
): Sampling {
  if (coordinates === "alignCorners") {
    return { step: outSize > 1 ? (inSize - 1) / (outSize - 1) : 0, before: 0, after: 0 };
  }
  if (coordinates === "pytorchHalfPixel" && outSize === 1) return { step: 0, before: 0, after: 0 };
  const half = coordinates === "asymmetric" ? 0 : 0.5;
  return { step: 1 / scale, before: half, after: -half };
}

/** What an axis of `size` becomes, scaled. */
export function scaledSize(size: number, scale: number): number {
  return Math.floor(size * scale);
}
