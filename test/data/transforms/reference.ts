// Each transform on its own, on the CPU in float64, one image [c][h][w] after the other: what the
// fused kernel must agree with.

export type Plane = number[][];
export type Picture = Plane[];

export const heightOf = (image: Picture) => image[0].length;
export const widthOf = (image: Picture) => image[0][0].length;

function build(
  image: Picture,
  height: number,
  width: number,
  at: (plane: Plane, y: number, x: number) => number,
) {
  return image.map((plane) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => at(plane, y, x)),
    ),
  );
}

/** The window at (left, top), which may reach outside. */
export function crop(
  image: Picture,
  left: number,
  top: number,
  height: number,
  width: number,
  fill = 0,
) {
  return build(image, height, width, (plane, y, x) => plane[y + top]?.[x + left] ?? fill);
}

export function flipHorizontal(image: Picture): Picture {
  return image.map((plane) => plane.map((row) => [...row].reverse()));
}

export function flipVertical(image: Picture): Picture {
  return image.map((plane) => [...plane].reverse());
}

const clamp = (v: number, high: number) => Math.min(Math.max(v, 0), high);

function sample(plane: Plane, y: number, x: number): number {
  const [h, w] = [plane.length - 1, plane[0].length - 1];
  const [sy, sx] = [clamp(y, h), clamp(x, w)];
  const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
  const [y1, x1] = [Math.min(y0 + 1, h), Math.min(x0 + 1, w)];
  const [ty, tx] = [sy - y0, sx - x0];
  const top = plane[y0][x0] * (1 - tx) + plane[y0][x1] * tx;
  const bottom = plane[y1][x0] * (1 - tx) + plane[y1][x1] * tx;
  return top * (1 - ty) + bottom * ty;
}

/** torch.nn.functional.interpolate(mode="bilinear", align_corners=False) */
export function resizeBilinear(image: Picture, height: number, width: number): Picture {
  const [sy, sx] = [heightOf(image) / height, widthOf(image) / width];
  return build(image, height, width, (plane, y, x) =>
    sample(plane, (y + 0.5) * sy - 0.5, (x + 0.5) * sx - 0.5),
  );
}

/** torch.nn.functional.interpolate(mode="nearest"), in exact arithmetic */
export function resizeNearest(image: Picture, height: number, width: number): Picture {
  const [h, w] = [heightOf(image), widthOf(image)];
  return build(
    image,
    height,
    width,
    (plane, y, x) => plane[Math.floor((y * h) / height)][Math.floor((x * w) / width)],
  );
}

/** Counter-clockwise about the centre; outside the picture: `fill`. */
export function rotate(image: Picture, degrees: number, nearest = false, fill = 0): Picture {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return warp(image, (x, y) => [cos * x - sin * y, sin * x + cos * y], nearest, fill);
}

/** Shows what was elsewhere, both places told from the centre; outside the picture: `fill`. */
export function warp(
  image: Picture,
  from: (x: number, y: number) => readonly [x: number, y: number],
  nearest = false,
  fill = 0,
): Picture {
  const [h, w] = [heightOf(image), widthOf(image)];
  return build(image, h, w, (plane, y, x) => {
    const [dx, dy] = from(x + 0.5 - w / 2, y + 0.5 - h / 2);
    const [u, v] = [dx + w / 2, dy + h / 2];
    if (u < 0 || v < 0 || u >= w || v >= h) return fill;
    return nearest ? plane[Math.floor(v)][Math.floor(u)] : sample(plane, v - 0.5, u - 0.5);
  });
}

export function perPixel(image: Picture, fn: (pixel: number[]) => number[]): Picture {
  const channels = fn(image.map((plane) => plane[0][0])).length;
  return Array.from({ length: channels }, (_, c) =>
    image[0].map((row, y) => row.map((_v, x) => fn(image.map((plane) => plane[y][x]))[c])),
  );
}
