// A loader for webpack that takes the types away.
import { transform } from "esbuild";

export default function takeTypesAway(source) {
  const done = this.async();
  transform(source, { loader: "ts" }).then(({ code }) => done(null, code), done);
}
