export { type Alphabet, DIGITS, LETTERS } from "./alphabet.ts";
export { type GlyphOptions, GlyphSet } from "./dataset.ts";
export { drawn, type Look, printed, type Style } from "./look.ts";
export { digitTask, letterTask, type Task, type TaskOptions } from "./tasks.ts";
