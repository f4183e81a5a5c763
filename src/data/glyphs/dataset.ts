import { checkOptions } from "../../base/index.ts";
import { checkIndex } from "../labels.ts";
import { Random } from "../random.ts";
import type { Dataset, Example, ImageShape } from "../types.ts";
import type { Alphabet } from "./alphabet.ts";
import { Draw } from "./draw.ts";
import type { Style } from "./look.ts";
import { type Polyline, parsePath } from "./path.ts";
import { renderGlyph } from "./render.ts";

export interface GlyphOptions {
  alphabet: Alphabet;
  style: Style;
  /** Pictures of each class. */
  perClass: number;
  /** Another seed, other pictures. Default 0. */
  seed?: number;
  /** Height and width in pixels. Default 32. */
  size?: number;
}

/**
 * Pictures of glyphs, drawn when asked for: RGB bytes [3, size, size]. A picture depends on seed
 * and index alone. Classes take turns, so every run of examples is balanced.
 */
export class GlyphSet implements Dataset {
  readonly length: number;
  readonly classes: readonly string[];
  readonly labels: Int32Array;
  readonly shape: ImageShape;
  /** For each class, each way of drawing it. */
  readonly #glyphs: readonly (readonly (readonly Polyline[])[])[];
  readonly #options: Required<GlyphOptions>;

  /** @throws on unknown or impossible options. */
  constructor(options: GlyphOptions) {
    checkOptions("GlyphSet", options, ["alphabet", "style", "perClass", "seed", "size"]);
    const { size = 32, seed = 0, perClass, alphabet } = options;
    for (const [name, value] of Object.entries({ perClass, size })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new RangeError(`GlyphSet: ${name} must be a whole number of at least 1, got ${value}`);
    }
    this.#options = { ...options, size, seed };
    this.classes = Object.keys(alphabet);
    if (this.classes.length === 0) throw new Error("GlyphSet: the alphabet is empty");
    this.#glyphs = Object.values(alphabet).map((variants) => variants.map(parsePath));
    this.length = perClass * this.classes.length;
    this.labels = Int32Array.from({ length: this.length }, (_, i) => i % this.classes.length);
    this.shape = [3, size, size];
  }

  get(index: number): Example {
    checkIndex(this, index);
    const { seed, style, size } = this.#options;
    const label = this.labels[index];
    const draw = new Draw(new Random(seed, index));
    const lines = draw.pick(this.#glyphs[label]);
    return { image: renderGlyph(lines, style(draw), draw, size), shape: this.shape, label };
  }

  nameOf(index: number): string {
    const count = this.classes.length;
    return `drawing ${Math.floor(index / count)} of "${this.classes[index % count]}"`;
  }
}
