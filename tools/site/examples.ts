import type { Plugin } from "vite";

/**
 * Lets the scripts of `examples/`, which are written for Node, run in a worker of a page: the line for Node is left out, the
 * file that comes with the package lies beside the page's scripts, and there are no arguments.
 */
export function examplesPlugin(): Plugin {
  return {
    name: "examples in a page",
    enforce: "pre",
    transform(code, id) {
      if (!/\/examples\/\w+\.ts$/.test(id) || id.includes("/demos/")) return null;
      return code
        .replace(/^import "webgraft\/node";.*$/m, "")
        .replaceAll(
          'import.meta.resolve("webgraft/assets/letters.safetensors")',
          'new URL("../assets/letters.safetensors", import.meta.url).href',
        )
        .replaceAll("process.argv", '["", ""]');
    },
  };
}
