export { checkOptions } from "../base/index.ts";
