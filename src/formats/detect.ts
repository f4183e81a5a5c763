import { DAMAGED, type Fail, failing, printable, WeightFileError } from "./errors.ts";
import { decodeUtf8, type JsonObject, ownValue, parseJsonObject } from "./json.ts";
import { looksLikeOnnx } from "./onnx/signature.ts";
import { type ByteRanges, type Bytes, rangesOf, sizeOf, wholeOf } from "./sources/ranges.ts";
import type { WeightFormat } from "./types.ts";
import { readDirectory } from "./zip/directory.ts";

/** What a file turned out to be: TF.js manifests tell only inside which kind they are. */
export type DetectedFormat = Exclude<WeightFormat, "tfjs-layers" | "tfjs-graph"> | "tfjs" | "index";

/** Enough to tell all formats but zips and JSON. */
const HEAD = 64;

const READABLE =
  "Graft reads safetensors, PyTorch .pt/.pth, Keras .h5/.keras, TensorFlow.js model.json, ONNX and NumPy .npz/.npy";

/** Beginnings of files that people pass by mistake, and what to do then. */
const MISTAKEN: readonly (readonly [start: string, problem: string, advice: string])[] = [
  [
    "version https://git-lfs",
    "this is a Git LFS pointer, not the weights",
    'Run "git lfs pull", or download the file itself',
  ],
  [
    "<",
    "this is a web page or XML, not weights",
    "Check the address: the server may want a login, or link to the raw file",
  ],
  ["\x1f\x8b", "this file is compressed with gzip", "Unpack it and pass the file inside"],
  ["GGUF", "this is a GGUF model, which can't be read", READABLE],
  ["\xff\xd8\xff", "this is a JPEG image, not weights", READABLE],
  ["\x89PNG", "this is a PNG image, not weights", READABLE],
];

/**
 * Tells a weight file's format by its content, whatever its name.
 *
 * @throws WeightFileError when it is none that Graft reads, saying what it is instead where that can be told.
 */
export function detectFormat(file: Bytes, name: string): DetectedFormat {
  const fail = failing(name, "unknown");
  const bytes = rangesOf(file).read(0, HEAD);
  if (bytes.length === 0) throw fail("", "the file is empty", "Download or save it again");
  if (isHdf5(rangesOf(file))) return "keras-h5";
  if (startsWith(bytes, "PK\x03\x04") || startsWith(bytes, "PK\x05\x06"))
    return detectZip(file, fail);
  if (startsWith(bytes, "\x93NUMPY")) return "npy";
  if (hasSafetensorsHeader(bytes, sizeOf(file))) return "safetensors";
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) return "pytorch";
  if (startsWithBrace(bytes)) return detectJson(wholeOf(file), fail);
  if (looksLikeOnnx(file)) return "onnx";
  // A brace behind eight bytes: a header of an impossible length. The reader says what is wrong.
  if (bytes[8] === 0x7b) return "safetensors";
  throw unknown(bytes, name);
}

function startsWith(bytes: Uint8Array, start: string, at = 0): boolean {
  return [...start].every((char, i) => bytes[at + i] === char.charCodeAt(0));
}

/** HDF5 may follow a block of the user's, at 512 bytes or a power of two times that. */
function isHdf5(file: ByteRanges): boolean {
  for (let at = 0; at < file.size; at = Math.max(512, at * 2)) {
    if (startsWith(file.read(at, at + 8), "\x89HDF\r\n\x1a\n")) return true;
  }
  return false;
}

function hasSafetensorsHeader(bytes: Uint8Array, size: number): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getBigUint64(0, true) <= size - 8;
}

function startsWithBrace(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 64));
  return start.trimStart().startsWith("{");
}

function detectZip(bytes: Bytes, fail: Fail): DetectedFormat {
  const names = [...readDirectory(bytes, fail).keys()];
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return "pytorch";
  if (names.some((name) => /(^|\/)model\.weights\.h5$/.test(name))) return "keras";
  if (names.some((name) => name.endsWith(".npy"))) return "npz";
  if (names.length === 0) throw fail("archive", "it is empty", "Save it again");
  const shown = names.slice(0, 5).map((name) => printable(name, 60));
  throw fail(
    "archive",
    `it holds no weights that Graft knows (${shown.join(", ")}${names.length > 5 ? ", …" : ""})`,
    "Unpack it and pass the weight file inside",
  );
}

function detectJson(bytes: Uint8Array, fail: Fail): DetectedFormat {
  const json: JsonObject = parseJsonObject(decodeUtf8(bytes, "JSON", fail), "JSON", fail);
  if (ownValue(json, "weight_map") !== undefined) return "index";
  if (ownValue(json, "modelTopology") !== undefined) return "tfjs";
  if (ownValue(json, "weightsManifest") !== undefined) return "tfjs";
  throw fail(
    "JSON",
    "it is neither a TensorFlow.js model.json nor an index of shards (weight_map)",
    "Pass the weight file that lies beside it",
  );
}

function unknown(bytes: Uint8Array, name: string): WeightFileError {
  const mistaken = MISTAKEN.find(([start]) => startsWith(bytes, start));
  if (mistaken)
    return new WeightFileError({ file: name, problem: mistaken[1], advice: mistaken[2] });
  if (startsWith(bytes, "TFL3", 4)) {
    return new WeightFileError({
      file: name,
      problem: "this is a TensorFlow Lite model, which can't be read",
      advice: READABLE,
    });
  }
  const isZero = bytes.subarray(0, 64).every((byte) => byte === 0);
  return new WeightFileError({
    file: name,
    problem: isZero ? "it begins with nothing but zeros" : "it is no weight file that Graft knows",
    advice: isZero ? DAMAGED : READABLE,
  });
}
