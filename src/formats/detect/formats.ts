import { ownValue } from "../json.ts";
import { findSignature } from "../keras/hdf5/signature.ts";
import { looksLikeOnnx } from "../onnx/signature.ts";
import { isMainFile } from "../zip/main_file.ts";
import type { FileFormat, FormatWriter } from "./format.ts";
import type { FileSample } from "./sample.ts";

/**
 * The formats, asked in this order. One more is one more entry here, its reader (and writer), and its
 * name in `names.ts`.
 */
export const FORMATS: readonly FileFormat[] = [
  {
    name: "safetensors",
    title: "safetensors",
    endings: [".safetensors"],
    recognises: hasSafetensorsHeader,
    reader: async () => (await import("../safetensors/read.ts")).readSafetensors,
    writer: {
      holds: "tensors",
      endings: [".safetensors"],
      load: async () => (await import("../safetensors/write.ts")).writeSafetensors,
    },
  },
  {
    name: "keras",
    title: "Keras .h5/.keras",
    endings: [".h5", ".hdf5", ".keras"],
    recognises: (file) =>
      findSignature(file.file) !== undefined || holds(file, /(^|\/)model\.weights\.h5$/),
    reader: async () => (await import("../keras/read.ts")).readKeras,
    writer: {
      holds: "network",
      endings: [".h5"],
      load: async () => (await import("../keras/write/h5.ts")).writeKerasH5,
    },
  },
  {
    name: "pytorch",
    title: "PyTorch .pt/.pth",
    endings: [".pt", ".pth", ".th"],
    recognises: (file) => isPickle(file) || holds(file, /(^|\/)data\.pkl$/),
    reader: async () => (await import("../pytorch/read.ts")).readPytorch,
    writer: {
      holds: "tensors",
      endings: [".pt", ".pth"],
      load: async () => (await import("../pytorch/write.ts")).writePytorch,
    },
  },
  {
    name: "npz",
    title: "NumPy .npz/.npy",
    endings: [".npz"],
    recognises: (file) => holds(file, /\.npy$/),
    reader: async () => (await import("../numpy/read.ts")).readNpz,
    writer: {
      holds: "tensors",
      endings: [".npz"],
      load: async () => (await import("../numpy/write.ts")).writeNpz,
    },
  },
  {
    name: "npy",
    endings: [".npy"],
    recognises: (file) => file.startsWith("\x93NUMPY"),
    reader: async () => (await import("../numpy/read.ts")).readNpyFile,
  },
  {
    name: "tfjs",
    title: "TensorFlow.js model.json",
    endings: [],
    recognises: (file) =>
      hasKeys(file.json, "modelTopology") ||
      hasKeys(file.json, "weightsManifest") ||
      isManifest(file.json),
    reader: async () => (await import("../tfjs/read.ts")).readTfjs,
    writer: {
      holds: "network",
      endings: [".json"],
      load: async () => (await import("../tfjs/write.ts")).writeTfjs,
    },
  },
  {
    name: "keras-json",
    endings: [],
    recognises: (file) => hasKeys(file.json, "class_name", "config"),
    reader: async () => (await import("../keras/read.ts")).readKerasJson,
  },
  {
    name: "index",
    endings: [],
    recognises: (file) => hasKeys(file.json, "weight_map"),
    reader: async () => (await import("../sources/shards.ts")).readIndex,
  },
  {
    name: "onnx",
    title: "ONNX",
    endings: [".onnx"],
    recognises: ({ file }) => looksLikeOnnx(file),
    reader: async () => (await import("../onnx/read.ts")).readOnnx,
    writer: {
      holds: "network",
      endings: [".onnx"],
      load: async () => (await import("../onnx/write/index.ts")).writeOnnx,
    },
  },
  {
    name: "zip",
    endings: [],
    recognises: (file) => file.zipNames.some(isMainFile),
    reader: async () => (await import("../zip/bundle.ts")).readBundle,
  },
  {
    // A brace behind eight bytes: a header of an impossible length. The reader says what is wrong.
    name: "safetensors",
    endings: [],
    recognises: ({ head }) => head[8] === 0x7b,
    reader: async () => (await import("../safetensors/read.ts")).readSafetensors,
  },
];

/** What writes to names of this ending (".onnx"), whatever its case; undefined where nothing does. */
export function writerFor(ending: string): FormatWriter | undefined {
  return FORMATS.find(({ writer }) => writer?.endings.includes(ending.toLowerCase()))?.writer;
}

/** The endings of all names that can be written to. */
export function writableEndings(): string[] {
  return FORMATS.flatMap(({ writer }) => writer?.endings ?? []);
}

function hasSafetensorsHeader({ head, file }: FileSample): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getBigUint64(0, true) <= file.size - 8;
}

/** The protocols 2 to 5. */
function isPickle({ head }: FileSample): boolean {
  return head[0] === 0x80 && head[1] >= 2 && head[1] <= 5;
}

function holds({ zipNames }: FileSample, name: RegExp): boolean {
  return zipNames.some((entry) => name.test(entry));
}

function hasKeys(json: unknown, ...keys: readonly string[]): boolean {
  return keys.every((key) => ownValue(json, key) !== undefined);
}

/** A list of weights and shards alone, as face-api.js and the first TF.js have it. */
function isManifest(json: unknown): boolean {
  return Array.isArray(json) && json.every((group) => hasKeys(group, "weights", "paths"));
}
