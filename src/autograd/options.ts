export { checkOptions } from "../platform/index.ts";
