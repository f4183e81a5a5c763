export { type OpenOptions, openData } from "./folder.ts";
export type { OpenedData } from "./types.ts";
