// Puts the shaders of a build into one module of its own, one after the other: side by side they compress better,
// and a bundler still takes only those that a page uses. Those of src/kernels/software/ stay with their code, which is
// loaded later.
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const shaders = fileURLToPath(new URL("../shaders/", import.meta.url));

const software = fileURLToPath(new URL("../src/kernels/software/", import.meta.url));

/** Names of the shaders that only code for software adapters imports. */
function loadedLater() {
  const sources = readdirSync(software).map((file) => readFileSync(software + file, "utf8"));
  return sources.flatMap((text) => [...text.matchAll(/(\w+)\.wgsl"/g)].map(([, name]) => name));
}

/** The entry to build as `shaders` beside the others. */
export const shaderEntry = "graft:shaders";

const nameOf = (path) => basename(path, ".wgsl");

/** esbuild plugin, to stand before the one that loads shaders. */
export const shaderModule = {
  name: "shader module",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^graft:shaders$/ }, ({ kind }) =>
      kind === "entry-point"
        ? { path: "all", namespace: "shaders" }
        : { path: "./shaders.js", external: true },
    );
    onLoad({ filter: /^all$/, namespace: "shaders" }, () => {
      const later = loadedLater();
      const names = readdirSync(shaders)
        .filter((file) => file.endsWith(".wgsl"))
        .map(nameOf)
        .filter((name) => !later.includes(name));
      const lines = names.map((name) => `export { default as ${name} } from "./${name}.wgsl";`);
      return { contents: lines.join("\n"), resolveDir: shaders, loader: "js" };
    });
    onResolve({ filter: /\.wgsl$/ }, ({ path, importer, namespace }) => {
      if (namespace === "shaders" || /[\\/]kernels[\\/]software[\\/]/.test(importer))
        return undefined;
      return { path: basename(path), namespace: "shader", sideEffects: false };
    });
    onLoad({ filter: /\.wgsl$/, namespace: "shader" }, ({ path }) => ({
      contents: `export { ${nameOf(path)} as default } from "${shaderEntry}";`,
      loader: "js",
    }));
  },
};
