import { crc32 } from "node:zlib";
import { nodeByteCache } from "./node_byte_cache.ts";
import { nodeFileCache } from "./node_file_cache.ts";
import { listFolder, readFileBytes, writeFileAtomic } from "./node_files.ts";
import { nodeGpu } from "./node_gpu.ts";
import { decodeInNode } from "./node_image.ts";
import { openFile } from "./node_open_file.ts";
import { restWhile } from "./node_wait.ts";
import type { Platform } from "./types.ts";

/** Node: the file system, Dawn, and `sharp` for pictures. `graft/node` puts it in place. */
export const nodePlatform: Platform = {
  name: "node",
  gpu: () => nodeGpu(),
  restWhile,
  readFile: readFileBytes,
  openFile,
  crc32,
  writeFileAtomic,
  listFolder,
  decodeImage: decodeInNode,
  cache: nodeByteCache,
  files: async () => nodeFileCache,
};
