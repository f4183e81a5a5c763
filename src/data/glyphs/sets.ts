import { checkOptions } from "../../base/index.ts";
import { type Alphabet, DIGITS, LETTERS } from "./alphabet.ts";
import { GlyphSet } from "./dataset.ts";
import { drawn, printed } from "./look.ts";

/** Pictures to learn from, and others to be tested on. */
export interface GlyphSets {
  readonly train: GlyphSet;
  readonly test: GlyphSet;
}

export interface GlyphSetsOptions {
  /** Pictures of each class to learn from. */
  perClass?: number;
  /** Pictures of each class to be tested on. Default 20. */
  testPerClass?: number;
  /** "drawn" by an unsteady hand on paper and boards, or "printed" in type of many widths and weights. */
  style?: "drawn" | "printed";
  /** Height and width in pixels. Default 32. */
  size?: number;
  /** Another seed, other pictures. Default 0. */
  seed?: number;
}

const OPTIONS = ["perClass", "testPerClass", "style", "size", "seed"];
const STYLES = { drawn, printed };

/** Kept apart from every training seed, so that no test picture is ever trained on. */
const TEST_SEED = 1_000_003;

/**
 * The ten digits, drawn by this program: a data set for examples and first trials that needs no download, few and
 * hard by default (12 of a class, drawn by hand). RGB bytes [3, size, size], classes "0" to "9".
 *
 * @throws Error for unknown or impossible options.
 */
export function digits(options: GlyphSetsOptions = {}): GlyphSets {
  checkOptions("digits", options, OPTIONS);
  const { perClass = 12, style = "drawn" } = options;
  return glyphSets("digits", DIGITS, { ...options, perClass, style });
}

/**
 * 37 letters (capitals, and the small ones that look otherwise), drawn by this program: 400 of a class, printed, by
 * default. The built-in network was trained on them. RGB bytes [3, size, size].
 *
 * @throws Error for unknown or impossible options.
 */
export function letters(options: GlyphSetsOptions = {}): GlyphSets {
  checkOptions("letters", options, OPTIONS);
  const { perClass = 400, style = "printed" } = options;
  return glyphSets("letters", LETTERS, { ...options, perClass, style });
}

type Chosen = GlyphSetsOptions & Required<Pick<GlyphSetsOptions, "perClass" | "style">>;

function glyphSets(name: string, alphabet: Alphabet, options: Chosen): GlyphSets {
  const { perClass, testPerClass = 20, style, size, seed = 0 } = options;
  if (!Object.hasOwn(STYLES, style))
    throw new Error(`${name}: style must be "drawn" or "printed", not "${style}"`);
  const base = { alphabet, style: STYLES[style], size };
  return {
    train: new GlyphSet({ ...base, perClass, seed }),
    test: new GlyphSet({ ...base, perClass: testPerClass, seed: seed + TEST_SEED }),
  };
}
