export { blobFileCache, memoryStore } from "./browser/blob_file_cache.ts";
export { platform, setPlatform } from "./current.ts";
export { download } from "./download/download.ts";
export { DownloadError } from "./download/errors.ts";
export type { CachedFile, FileCache } from "./download/types.ts";
export { decodePicture, type Picture } from "./pictures/picture.ts";
export { isSource, readSource, type Source, sourceName } from "./source.ts";
export type {
  DecodedImage,
  DecodeOptions,
  Disk,
  Drawable,
  FolderEntry,
  Platform,
  TaskStorage,
} from "./types.ts";
