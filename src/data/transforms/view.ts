import { MAX_IMAGE_CHANNELS, VIEW_WORDS } from "../../kernels/index.ts";
import { applyColour, type ColourMap, composeColour, identityColour } from "./colour.ts";

export type Interpolation = "bilinear" | "nearest";

/** The coordinates from `from` to `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** A part of the canvas in one colour. */
interface Erased {
  readonly across: Range;
  readonly down: Range;
  readonly value: readonly number[];
}

/**
 * Where the pixels of one output image come from, and what becomes of their colours: an affine map from its canvas to the source,
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
  #colour: ColourMap;
  #fill: readonly number[] | null = null;
  #erased: Erased | null = null;

  constructor(width: number, height: number, channels: number) {
    this.#colour = identityColour(channels);
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
    const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
    this.warp([cos, -sin, sin, cos]);
  }

  /**
   * Shows at (x, y) from the centre what was at (a x + b y, c x + d y) from it, moved by (left, top). Conditions as for
   * `resize`.
   */
  warp([a, b, c, d]: Warp, left = 0, top = 0): void {
    this.#sampleShown();
    const [x, y] = [this.width / 2, this.height / 2];
    this.#move(x - a * x - b * y + left, y - c * x - d * y + top);
    [this.#a, this.#b] = [this.#a * a + this.#b * c, this.#a * b + this.#b * d];
    [this.#d, this.#e] = [this.#d * a + this.#e * c, this.#d * b + this.#e * d];
  }

  get channels(): number {
    return this.#colour.bias.length;
  }

  /** Fills what is uncovered from here on, in every channel; null where nothing is. */
  fill(value: number | null): void {
    if (value !== null) this.#fill = Array<number>(this.channels).fill(value);
  }

  /** Changes all colours, of what is filled and erased too. */
  recolour(map: ColourMap): void {
    this.#colour = composeColour(this.#colour, map);
    if (this.#fill) this.#fill = applyColour(map, this.#fill);
    if (this.#erased)
      this.#erased = { ...this.#erased, value: applyColour(map, this.#erased.value) };
  }

  /** Shows a value in place of a part of the canvas. Only once, and before nothing that moves pixels. */
  erase(left: number, top: number, width: number, height: number, value: readonly number[]): void {
    const across = { from: left, to: left + width };
    this.#erased = { across, down: { from: top, to: top + height }, value };
  }

  /** Writes what the kernel reads of its colours. */
  writeLook(words: Float32Array, at: number): void {
    const { matrix, bias } = this.#colour;
    const rows = Array.from({ length: MAX_IMAGE_CHANNELS }, (_, i) => four(matrix[i] ?? []));
    const { across, down, value } = this.#erased ?? NOTHING;
    const box = [across.from, across.to, down.from, down.to];
    const look = [
      ...rows.flat(),
      ...four(bias),
      ...four(this.#fill ?? bias),
      ...box,
      ...four(value),
    ];
    words.set(look, at);
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

/** Of the rows of a matrix of two by two. */
export type Warp = readonly [a: number, b: number, c: number, d: number];

/** An empty rectangle. */
const NOTHING: Erased = { across: { from: 0, to: 0 }, down: { from: 0, to: 0 }, value: [] };

function four(values: readonly number[]): number[] {
  return Array.from({ length: MAX_IMAGE_CHANNELS }, (_, i) => values[i] ?? 0);
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
