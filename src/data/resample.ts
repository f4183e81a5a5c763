import type { DecodedImage } from "../platform/index.ts";

/** How a picture of another aspect ratio is brought to the wanted size. */
export type ResizeMode = "stretch" | "crop" | "pad";

export interface ResampleOptions {
  /**
   * false reads the nearest pixels only, as networks trained on TensorFlow's older pipelines expect. Default true.
   */
  readonly antialias?: boolean;
  /** With "crop": the picture's shorter side becomes so many pixels. Default: as few as the result needs. */
  readonly shorterSide?: number;
}

/** A rectangle in pixels; edges may fall between pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resamples an RGB picture to `height`×`width` and lays it out as planes (CHW).
 *
 * Bilinear, with a triangle filter as wide as the reduction asks for (antialiased), as Pillow's and
 * torchvision's resize do: the same pixels in every browser and in Node.
 *
 * @param mode "stretch" ignores the aspect ratio; "crop" keeps it and takes the centre; "pad" keeps
 *   it and fills the rest with black.
 */
export function resample(
  image: DecodedImage,
  height: number,
  width: number,
  mode: ResizeMode,
  { antialias = true, shorterSide }: ResampleOptions = {},
): Uint8Array {
  const { width: w, height: h } = image;
  if (mode === "crop") {
    const box = shorterSide
      ? centreOfResized(image, shorterSide, height, width)
      : centreOf(image, height, width);
    return resampleBox(image, box, height, width, antialias);
  }
  const scale = Math.max(w / width, h / height);
  const whole = { left: 0, top: 0, width: w, height: h };
  if (mode === "stretch") return resampleBox(image, whole, height, width, antialias);
  const [iw, ih] = [Math.max(1, Math.round(w / scale)), Math.max(1, Math.round(h / scale))];
  return centre(resampleBox(image, whole, ih, iw, antialias), ih, iw, height, width);
}

/** The largest box of the wanted proportions in the middle of a picture. */
function centreOf({ width: w, height: h }: DecodedImage, height: number, width: number): Box {
  const scale = Math.min(w / width, h / height);
  const [cw, ch] = [width * scale, height * scale];
  return { left: (w - cw) / 2, top: (h - ch) / 2, width: cw, height: ch };
}

/**
 * Where the picture has what remains when its shorter side is resized to `side` and the middle is cut out: whole pixels
 * of the resized picture, rounded as torchvision's Resize and CenterCrop do.
 */
function centreOfResized(
  { width: w, height: h }: DecodedImage,
  side: number,
  height: number,
  width: number,
): Box {
  const short = Math.min(w, h);
  const [rw, rh] = [Math.floor((side * w) / short), Math.floor((side * h) / short)];
  const [across, down] = [w / rw, h / rh];
  return {
    left: halfEven((rw - width) / 2) * across,
    top: halfEven((rh - height) / 2) * down,
    width: width * across,
    height: height * down,
  };
}

/** Rounds as Python does: a half goes to the even neighbour. */
function halfEven(value: number): number {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + (low % 2) : Math.round(value);
}

/** Channel planes of a picture at its own size. */
export function toPlanes({ data, width, height }: DecodedImage): Uint8Array {
  const size = width * height;
  const planes = new Uint8Array(3 * size);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < size; i++) planes[c * size + i] = data[3 * i + c];
  }
  return planes;
}

/** Columns first, then rows: two passes of a one-dimensional filter. */
function resampleBox(
  image: DecodedImage,
  box: Box,
  height: number,
  width: number,
  antialias: boolean,
): Uint8Array {
  if (
    image.width === width &&
    image.height === height &&
    box.width === width &&
    box.height === height
  ) {
    return toPlanes(image);
  }
  const across = filterTaps(image.width, box.left, box.width, width, antialias);
  const down = filterTaps(image.height, box.top, box.height, height, antialias);
  const narrow = filterRows(image, across, width);
  return filterColumns(narrow, down, width, height, image.height);
}

/** The weights that make one output pixel of a line: those of input pixels `first`, `first + 1`, … */
interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

function filterTaps(
  inSize: number,
  start: number,
  length: number,
  outSize: number,
  antialias: boolean,
): Taps[] {
  const scale = length / outSize;
  const reach = antialias ? Math.max(scale, 1) : 1;
  return Array.from({ length: outSize }, (_, i) => {
    const centre = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(inSize, Math.floor(centre + reach + 0.5));
    const weights = new Float32Array(end - first);
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      weights[k] = Math.max(0, 1 - Math.abs((first + k + 0.5 - centre) / reach));
      sum += weights[k];
    }
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** RGB bytes [height][inWidth][3] → floats [3][height][outWidth]. */
function filterRows(
  { data, width, height }: DecodedImage,
  taps: Taps[],
  out: number,
): Float32Array {
  const result = new Float32Array(3 * height * out);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < out; x++) {
      const { first, weights } = taps[x];
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = 3 * (y * width + first);
      for (let k = 0; k < weights.length; k++, at += 3) {
        red += weights[k] * data[at];
        green += weights[k] * data[at + 1];
        blue += weights[k] * data[at + 2];
      }
      const to = y * out + x;
      result[to] = red;
      result[height * out + to] = green;
      result[2 * height * out + to] = blue;
    }
  }
  return result;
}

/** Floats [3][inHeight][width] → bytes [3][height][width]. */
function filterColumns(
  data: Float32Array,
  taps: Taps[],
  width: number,
  height: number,
  inHeight: number,
): Uint8Array {
  const result = new Uint8Array(3 * height * width);
  const line = new Float32Array(width);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      const { first, weights } = taps[y];
      line.fill(0.5); // to round when the sum becomes a byte
      for (let k = 0; k < weights.length; k++) {
        const from = (c * inHeight + first + k) * width;
        for (let x = 0; x < width; x++) line[x] += weights[k] * data[from + x];
      }
      result.set(line, (c * height + y) * width);
    }
  }
  return result;
}

/** Planes of a smaller picture in the middle of black ones. */
function centre(
  planes: Uint8Array,
  h: number,
  w: number,
  height: number,
  width: number,
): Uint8Array {
  const result = new Uint8Array(3 * height * width);
  const top = Math.floor((height - h) / 2);
  const left = Math.floor((width - w) / 2);
  for (let row = 0; row < 3 * h; row++) {
    const c = Math.floor(row / h);
    const y = top + (row % h);
    result.set(planes.subarray(row * w, (row + 1) * w), (c * height + y) * width + left);
  }
  return result;
}
