export { DIGITS, LETTERS } from "./alphabet.ts";
export { GlyphSet } from "./dataset.ts";
export { drawn, printed } from "./look.ts";
export { digits, type GlyphSets, type GlyphSetsOptions, letters } from "./sets.ts";
