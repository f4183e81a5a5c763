import { isJsonObject, ownValue } from "../json.ts";
import { looksLikeOnnx } from "../onnx/signature.ts";
import { isMainFile } from "../zip/main_file.ts";
import type { FileFormat } from "./format.ts";
import type { FileSample } from "./sample.ts";

/**
 * The formats, asked in this order. One more is one more entry here, its reader, and its name in
 * `names.ts`.
 */
export const FORMATS: readonly FileFormat[] = [
  {
    name: "safetensors",
    title: "safetensors",
    endings: [".safetensors"],
    recognises: hasSafetensorsHeader,
    reader: async () => (await import("../safetensors/read.ts")).readSafetensors,
  },
  {
    name: "keras",
    title: "Keras .h5/.keras",
    endings: [".h5", ".hdf5", ".keras"],
    recognises: (file) => isHdf5(file) || holds(file, /(^|\/)model\.weights\.h5$/),
    reader: async () => (await import("../keras/read.ts")).readKeras,
  },
  {
    name: "pytorch",
    title: "PyTorch .pt/.pth",
    endings: [".pt", ".pth", ".th"],
    recognises: (file) => isPickle(file) || holds(file, /(^|\/)data\.pkl$/),
    reader: async () => (await import("../pytorch/read.ts")).readPytorch,
  },
  {
    name: "npz",
    title: "NumPy .npz/.npy",
    endings: [".npz"],
    recognises: (file) => holds(file, /\.npy$/),
    reader: async () => (await import("../numpy/read.ts")).readNpz,
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

function hasSafetensorsHeader({ head, file }: FileSample): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getBigUint64(0, true) <= file.size - 8;
}

/** The protocols 2 to 5. */
function isPickle({ head }: FileSample): boolean {
  return head[0] === 0x80 && head[1] >= 2 && head[1] <= 5;
}

/** HDF5 may follow a block of the user's, at 512 bytes or a power of two times that. */
function isHdf5({ file }: FileSample): boolean {
  const signature = "\x89HDF\r\n\x1a\n";
  for (let at = 0; at < file.size; at = Math.max(512, at * 2)) {
    const bytes = file.read(at, at + signature.length);
    if ([...signature].every((char, i) => bytes[i] === char.charCodeAt(0))) return true;
  }
  return false;
}

function holds({ zipNames }: FileSample, name: RegExp): boolean {
  return zipNames.some((entry) => name.test(entry));
}

function hasKeys(json: unknown, ...keys: readonly string[]): boolean {
  return isJsonObject(json) && keys.every((key) => ownValue(json, key) !== undefined);
}

/** A list of weights and shards alone, as face-api.js and the first TF.js have it. */
function isManifest(json: unknown): boolean {
  return Array.isArray(json) && json.every((group) => hasKeys(group, "weights", "paths"));
}
