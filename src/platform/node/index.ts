import { crc32 } from "node:zlib";
import type { Platform } from "../types.ts";
import { nodeDisk } from "./disk.ts";
import { nodeFileCache } from "./file_cache.ts";
import { listFolder, readFileBytes, writeFileAtomic } from "./files.ts";
import { collectGarbage } from "./garbage.ts";
import { nodeGpu } from "./gpu.ts";
import { decodeInNode } from "./image.ts";
import { openFile } from "./open_file.ts";
import { taskStorage } from "./task_storage.ts";
import { restWhile } from "./wait.ts";

/** Node: the file system, Dawn, and `sharp` for pictures. `webgraft/node` puts it in place. */
export const nodePlatform: Platform = {
  name: "node",
  gpu: () => nodeGpu(),
  restWhile,
  collectGarbage,
  taskStorage,
  readFile: readFileBytes,
  openFile,
  crc32,
  writeFileAtomic,
  listFolder,
  disk: nodeDisk,
  decodeImage: decodeInNode,
  files: async () => nodeFileCache,
};
export { bundledChromium } from "./chromium_package.ts";
export { nodeGpu } from "./gpu.ts";
