// Makes shaders smaller to download: no comments, no needless space, short names for what a shader declares itself.
// Constants and aliases keep theirs, since `specialize` rewrites them by name, and so does the entry point. Tensors and
// parameters got theirs in pack_kernel.mjs.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withoutComments, withoutInterface } from "./wgsl_text.mjs";

const shaders = fileURLToPath(new URL("../shaders/", import.meta.url));

/** Names, numbers (with exponents and suffixes), spaces, and single characters for all else. */
const TOKEN = /[A-Za-z_]\w*|0x[\da-fA-F.p+-]+[iuf]?|\d[\w.]*(?:(?<=e)[+-]\d+f?)?|\.\d+\w*|\s+|./gs;
/** `v.xy`: a member of this form can't be told from a swizzle. */
const SWIZZLE = /^(?:[xyzw]{1,4}|[rgba]{1,4})$/;
const DECLARED = [
  /\b(?:fn|struct|let)\s+(\w+)/g,
  /\bvar(?:\s*<[^>]*>)?\s+(\w+)/g,
  /(\w+)\s*:(?!:)/g, // members, parameters of functions, `var x: f32`
];
const KEPT = /\b(?:const|alias|override)\s+(\w+)/g;
const CALLED = /\b(\w+)\s*\(/g;
/** One-letter names that neither shaders nor pack_kernel.mjs use. */
const FREE = "UVWXY";
/** Letters for a shader's own names, neither swizzles nor names by place, in the order that compressed best of some tried. */
const LOCAL = "klmnopqstuvcdefhij";
const WORDS = new Set(["main", "default", "case"]);

function names(source, patterns) {
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name]) => name));
}

/** One dictionary for all shaders: the same word becomes the same letters everywhere, which compresses better. */
function dictionary() {
  const sources = readdirSync(shaders)
    .filter((file) => file.endsWith(".wgsl"))
    .map((file) => withoutInterface(withoutComments(readFileSync(shaders + file, "utf8"))))
    .map((source) => source.replace(/\bparams\s*\.\s*\w+/g, ""));
  const kept = new Set(WORDS);
  const uses = new Map();
  for (const source of sources) {
    const declared = new Set(names(source, DECLARED));
    const functions = new Set(names(source, [/\bfn\s+(\w+)/g]));
    for (const name of names(source, [KEPT])) kept.add(name);
    // What is called but not declared is WGSL's own, here or in another file.
    for (const name of names(source, [CALLED])) if (!functions.has(name)) kept.add(name);
    for (const [word] of source.matchAll(/\b[A-Za-z_]\w*\b/g))
      if (declared.has(word)) uses.set(word, (uses.get(word) ?? 0) + 1);
      else if (!uses.has(word)) uses.set(word, 0);
  }
  const taken = new Set(uses.keys());
  const short = shortNames(taken);
  const renamed = [...uses]
    .filter(
      ([name, count]) => count > 0 && name.length > 1 && !kept.has(name) && !SWIZZLE.test(name),
    )
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const long = new Map(renamed.map(([name]) => [name, short.next().value]));
  return { long, letters: preferredLetters([...long.keys()], sources) };
}

const words = (source) => new Set(source.match(/\b[A-Za-z_]\w*\b/g));

/**
 * A letter for each name, the same in all shaders and known otherwise in none that has the name: the most used choose
 * first.
 */
function preferredLetters(ranked, sources) {
  const used = sources.map(words);
  const chosen = new Map();
  for (const name of ranked) {
    const homes = used.filter((known) => known.has(name));
    const free = [...LOCAL].find((letter) => homes.every((known) => !known.has(letter)));
    if (free === undefined) continue;
    for (const known of homes) known.add(free);
    chosen.set(name, free);
  }
  return chosen;
}

/** A capital letter and a second one: neither words of WGSL nor swizzles. */
function* shortNames(taken) {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const more = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
  const candidates = [...FREE, ...letters.flatMap((a) => more.map((b) => a + b))];
  for (const name of candidates) if (!taken.has(name)) yield name;
}

let renaming;

/** The same shader in fewer bytes. */
export function minifyWgsl(source) {
  renaming ??= dictionary();
  const declared = new Set(names(withoutComments(source), DECLARED));
  const { long, letters } = renaming;
  const known = words(withoutComments(source));
  const own = new Map();
  for (const name of long.keys()) {
    if (!declared.has(name)) continue;
    const letter = letters.get(name);
    const isFree = letter !== undefined && !known.has(letter);
    if (isFree) known.add(letter);
    own.set(name, isFree ? letter : long.get(name));
  }
  let result = "";
  for (const [token] of withoutComments(source).matchAll(TOKEN)) {
    if (/^\s/.test(token)) {
      result += " ";
      continue;
    }
    result += own.get(token) ?? token;
  }
  // A space only matters between words, and keeps `- -x` and `a > = b` what they are.
  const dense = result.replace(/ ?([{}()[\];,:=*/+<>&|%!^@]) ?/g, (_, mark) => mark).trim();
  return dense.replace(/\b(vec[234]|mat[234]x[234])<([fiu])32>/g, "$1$2"); // WGSL's own short names
}
