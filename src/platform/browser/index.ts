import type { Platform } from "../types.ts";
import { openBlob } from "./open_blob.ts";
import { taskStorage } from "./task_storage.ts";

/** A page or worker: files are URLs, pictures go through `createImageBitmap`. */
export const browserPlatform: Platform = {
  name: "browser",
  async gpu() {
    return globalThis.navigator?.gpu ?? null;
  },
  async readFile(path) {
    const { fetchBytes } = await import("../fetch.ts");
    return fetchBytes(path);
  },
  openBlob,
  taskStorage,
  async writeFileAtomic(path) {
    throw new Error(
      `${path}: a page can't write files; take the bytes instead and offer them as a download` +
        nodeHint(),
    );
  },
  async listFolder(path) {
    throw new Error(
      `${path}: a page can't list folders; pass the files of an <input type="file" webkitdirectory>, ` +
        `or a record of class name → files${nodeHint()}`,
    );
  },
  async decodeImage(bytes, options) {
    const { decodeInBrowser } = await import("./image.ts");
    return decodeInBrowser(bytes, options);
  },
  async drawPicture(picture, options) {
    const { drawInBrowser } = await import("./image.ts");
    return drawInBrowser(picture, options);
  },
  files: async () => (await import("./file_cache.ts")).browserFileCache,
};

/** Said only where it can be the cause: Node code that forgot the Node entry point. */
function nodeHint(): string {
  return typeof process === "object" && process.versions?.node
    ? ' (in Node: import "webgraft/node" first)'
    : "";
}
