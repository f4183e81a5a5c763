export { platform, setPlatform } from "./current.ts";
export { checkOptions } from "./options.ts";
export { isSource, readSource, type Source, sourceName } from "./source.ts";
export type { ByteCache, DecodedImage, DecodeOptions, FolderEntry, Platform } from "./types.ts";
