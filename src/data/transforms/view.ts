import { VIEW_WORDS } from "../../kernels/index.ts";

export type Interpolation = "bilinear" | "nearest";

/** The coordinates from `from` to `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the pixels of one output image come from: an affine map from its canvas to the source,
 * changed step by step as the transforms ask, and handed to the GPU at the end.
 *
 * Coordinates are continuous: pixel i reaches from i to i + 1.
 */
export class View {
  width: number;
  height: number;
  /** u = a·x + b·y + c, v = d·x + e·y + f */
  #a = 1;
  #b = 0;
  #c = 0;
  #d = 0;
  #e = 1;
  #f = 0;
  /** The part of the source that may be sampled. */
  #across: Range;
  #down: Range;
  /** The part of the canvas that shows the source; the rest is filled. */
  #shownAcross: Range;
  #shownDown: Range;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#across = this.#shownAcross = { from: 0, to: width };
    this.#down = this.#shownDown = { from: 0, to: height };
  }

  /** Takes the window whose corner is at (left, top); what it shows beyond the canvas is filled. */
  crop(left: number, top: number, width: number, height: number): void {
    this.#move(left, top);
    this.#shownAcross = cut(this.#shownAcross, left, width);
    this.#shownDown = cut(this.#shownDown, top, height);
    this.width = width;
    this.height = height;
  }

  flipHorizontal(): void {
    this.#move(this.width, 0);
    this.#a = -this.#a;
    this.#d = -this.#d;
    this.#shownAcross = mirror(this.#shownAcross, this.width);
  }

  flipVertical(): void {
    this.#move(0, this.height);
    this.#b = -this.#b;
    this.#e = -this.#e;
    this.#shownDown = mirror(this.#shownDown, this.height);
  }

  /** Only before other resampling, and while nothing is filled. */
  resize(width: number, height: number, interpolation: Interpolation): void {
    this.#sampleShown();
    const [sx, sy] = [this.width / width, this.height / height];
    if (interpolation === "nearest") {
      // PyTorch takes pixel floor(i · scale), not the one under the centre. A quarter of the step
      // between possible values keeps rounding from falling below a whole number.
      this.#move(-0.5 * sx + 0.25 / width, -0.5 * sy + 0.25 / height);
    }
    this.#a *= sx;
    this.#d *= sx;
    this.#b *= sy;
    this.#e *= sy;
    this.width = width;
    this.height = height;
    this.#shownAcross = { from: 0, to: width };
    this.#shownDown = { from: 0, to: height };
  }

  /** Turns the picture counter-clockwise about its centre. Conditions as for `resize`. */
  rotate(radians: number): void {
    this.#sampleShown();
    const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
    const [x, y] = [this.width / 2, this.height / 2];
    this.#move(x - cos * x + sin * y, y - sin * x - cos * y);
    [this.#a, this.#b] = [this.#a * cos + this.#b * sin, this.#b * cos - this.#a * sin];
    [this.#d, this.#e] = [this.#d * cos + this.#e * sin, this.#e * cos - this.#d * sin];
  }

  /** Writes what the kernel reads. */
  write(words: Float32Array, at: number): void {
    const ranges = [this.#across, this.#down, this.#shownAcross, this.#shownDown];
    const map = [this.#a, this.#b, this.#c, this.#d, this.#e, this.#f];
    words.set([...map, ...ranges.flatMap(({ from, to }) => [from, to])], at);
    words.fill(0, at + 14, at + VIEW_WORDS);
  }

  /** Moves the canvas's origin. */
  #move(x: number, y: number): void {
    this.#c += this.#a * x + this.#b * y;
    this.#f += this.#d * x + this.#e * y;
  }

  /** Samples must not reach beyond what earlier crops left: neighbours repeat at the edge. */
  #sampleShown(): void {
    this.#across = between(this.#c, this.#c + this.#a * this.width);
    this.#down = between(this.#f, this.#f + this.#e * this.height);
  }
}

function between(a: number, b: number): Range {
  return { from: Math.min(a, b), to: Math.max(a, b) };
}

function cut({ from, to }: Range, start: number, length: number): Range {
  return { from: Math.max(0, from - start), to: Math.min(length, to - start) };
}

function mirror({ from, to }: Range, size: number): Range {
  return { from: size - to, to: size - from };
}
