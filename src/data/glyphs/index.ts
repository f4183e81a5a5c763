export { type Alphabet, DIGITS, LETTERS } from "./alphabet.ts";
export { type GlyphOptions, GlyphSet } from "./dataset.ts";
export { drawn, type Look, printed, type Style } from "./look.ts";
export { digits, type GlyphSets, type GlyphSetsOptions, letters } from "./sets.ts";
