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
  return new Map(renamed.map(([name]) => [name, short.next().value]));
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
  let result = "";
  for (const [token] of withoutComments(source).matchAll(TOKEN)) {
    if (/^\s/.test(token)) {
      result += " ";
      continue;
    }
    const name = declared.has(token) ? renaming.get(token) : undefined;
    result += name ?? token;
  }
  // A space only matters between words, and keeps `- -x` and `a > = b` what they are.
  return result.replace(/ ?([{}()[\];,:=*/+<>&|%!^@]) ?/g, (_, mark) => mark).trim();
}
