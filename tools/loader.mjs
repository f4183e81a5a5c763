// Module hooks that let Node run the sources as they are: TypeScript without its types, `.wgsl` files through the
// same reflection as in a build, and the package's own name as its sources. TypeDoc reads sources through TypeScript's
// JavaScript API, which version 7 doesn't have: it is given version 5.
//
// What was compiled is kept below node_modules, under a hash of all that it was made of: tests start hundreds of programs.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transform, version } from "esbuild";
import { ownNames } from "./entries.mjs";
import { compileShader, shaderFiles } from "./wgsl_plugin.mjs";

const repository = new URL("..", import.meta.url);
const cache = new URL("node_modules/.cache/graft/", repository);
/** What compiles, besides esbuild. */
const compilers = ["loader", "wgsl_plugin"].map((name) =>
  readFileSync(new URL(`${name}.mjs`, import.meta.url)),
);

export async function resolve(specifier, context, next) {
  if (specifier === "typescript") return next("typescript5", context);
  const path = ownNames[specifier];
  if (!path) return next(specifier, context);
  return { url: new URL(path, repository).href, shortCircuit: true };
}

/** What `compile` gives, from the cache where the same was compiled before. */
async function compiled(parts, compile) {
  const hash = createHash("sha256");
  for (const part of [version, ...compilers, ...parts]) hash.update(part).update("\0");
  const file = new URL(`${hash.digest("hex")}.js`, cache);
  try {
    return readFileSync(file, "utf8");
  } catch {
    const code = await compile();
    keep(file, code);
    return code;
  }
}

/** Whole or not at all: others may read it at the same time. */
function keep(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    const fresh = new URL(`${file.href}.${process.pid}`);
    writeFileSync(fresh, code);
    renameSync(fresh, file);
  } catch {
    // What can't be written is compiled again.
  }
}

async function loadTypeScript(path) {
  const text = readFileSync(path, "utf8");
  return compiled([path, text], async () => {
    const { code } = await transform(text, {
      loader: "ts",
      target: "node20",
      sourcefile: path,
      sourcemap: "inline",
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    return code;
  });
}

async function loadShader(path) {
  const files = await shaderFiles(path);
  return compiled([path, ...files.map(({ text }) => text)], () => compileShader(path));
}

export async function load(url, context, next) {
  const compile = /\.ts$/.test(url) ? loadTypeScript : /\.wgsl$/.test(url) ? loadShader : null;
  if (!compile || !url.startsWith("file:")) return next(url, context);
  return { format: "module", shortCircuit: true, source: await compile(fileURLToPath(url)) };
}
