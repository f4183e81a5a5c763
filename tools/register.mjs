// `node --import ./tools/register.mjs FILE.ts` runs a TypeScript file of this repository.
import { register } from "node:module";

register("./loader.mjs", import.meta.url);
