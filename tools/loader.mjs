// Module hooks that let Node run the sources as they are: TypeScript without its types, `.wgsl` files through the
// same reflection as in a build, and the package's own name as its sources. TypeDoc reads sources through TypeScript's
// JavaScript API, which version 7 doesn't have: it is given version 5.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { ownNames } from "./entries.mjs";
import { compileShader } from "./wgsl_plugin.mjs";

const repository = new URL("..", import.meta.url);

export async function resolve(specifier, context, next) {
  if (specifier === "typescript") return next("typescript5", context);
  const path = ownNames[specifier];
  if (!path) return next(specifier, context);
  return { url: new URL(path, repository).href, shortCircuit: true };
}

async function compileTypeScript(path) {
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    target: "node20",
    sourcefile: path,
    sourcemap: "inline",
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return code;
}

export async function load(url, context, next) {
  const compile = /\.ts$/.test(url)
    ? compileTypeScript
    : /\.wgsl$/.test(url)
      ? compileShader
      : null;
  if (!compile || !url.startsWith("file:")) return next(url, context);
  return { format: "module", shortCircuit: true, source: await compile(fileURLToPath(url)) };
}
