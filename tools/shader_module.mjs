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

/**
 * What a page for a VGG needs, so ordered that like stands by like: 300 bytes (gzip) less than by name. Found by moving
 * one shader at a time while the download that bench/run/download_size.ts measures shrank.
 */
const order = `
  adaptive_avg_pool cross_entropy_grad add_into cast unscale cross_entropy binary binary_grad relu_grad unary math_grad
  strided_copy tie_gradient copy sum_pairs adam weighted_mean norm_finish depthwise_input_gradient col2im channel_sum
  im2col dropout sum_partials image_transform random depthwise_weight_gradient max_pool2d_grad max_pool2d_scatter
  max_pool2d clip_scale loss_scale transpose sum_squares pad reduce depthwise_forward matmul_tiled winograd_filter fill
  winograd_output_adjoint winograd_input winograd_filter_adjoint winograd_output gather_grad gather arg_reduce
`.match(/\w+/g);

/** Place in the module: as ordered above, the others before. */
const placeOf = (name) => order.indexOf(name);

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
        .filter((name) => !later.includes(name))
        .sort((a, b) => placeOf(a) - placeOf(b));
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
