// Builds pages with webpack: `node build.mjs FOLDER OUT PAGE …`, where FOLDER holds PAGE/main.ts. Complains of every warning.
import { fileURLToPath } from "node:url";
import webpack from "webpack";

const [context, path, ...pages] = process.argv.slice(2);
const compiler = webpack({
  context,
  mode: "production",
  entry: Object.fromEntries(pages.map((page) => [page, `./${page}/main.ts`])),
  output: { path, filename: "[name]/main.js" },
  performance: { hints: false }, // that a page is large is no fault of the package's files
  module: {
    rules: [{ test: /\.ts$/, loader: fileURLToPath(new URL("typescript.mjs", import.meta.url)) }],
  },
});

compiler.run((error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) {
    console.error(error ?? stats.toString({ all: false, errors: true, warnings: true }));
    process.exitCode = 1;
  }
});
