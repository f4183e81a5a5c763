import { type DetectedFormat, detectFormat } from "./detect.ts";
import { WeightFileError } from "./errors.ts";
import type { ByteSource, ReadOptions } from "./sources/byte_source.ts";
import { type Bytes, wholeOf } from "./sources/ranges.ts";
import { toByteSource, type WeightSource } from "./sources/source.ts";
import type { WeightFile, WeightReader } from "./types.ts";

/** Each in a module of its own, so that a page downloads only what it reads with. */
const READERS: Readonly<Partial<Record<DetectedFormat, () => Promise<WeightReader<Bytes>>>>> = {
  safetensors: async () => (await import("./safetensors/read.ts")).readSafetensors,
  pytorch: async () => (await import("./pytorch/read.ts")).readPytorch,
  npz: async () => (await import("./numpy/read.ts")).readNpz,
  npy: async () => whole((await import("./numpy/read.ts")).readNpyFile),
  keras: async () => (await import("./keras/read.ts")).readKeras,
  "keras-h5": async () => (await import("./keras/read.ts")).readKeras,
  tfjs: async () => whole((await import("./tfjs/read.ts")).readTfjs),
  onnx: async () => (await import("./onnx/read.ts")).readOnnx,
  index: async () => whole((await import("./shards.ts")).shardReader(readShard)),
};

/** A reader that needs all bytes at once. */
function whole(read: WeightReader): WeightReader<Bytes> {
  return (bytes, source) => read(wholeOf(bytes), source);
}

/**
 * Reads a file of weights: safetensors (also in shards with an index), PyTorch `.pt`/`.pth`, Keras `.h5`,
 * `.weights.h5` and `.keras`, TensorFlow.js `model.json` with its shards, ONNX, NumPy `.npz` and `.npy`. The format is
 * told by the content. Tensors are decoded only when asked for, and come in PyTorch's layout. In Node, the tensors of a
 * large file are read then, too: it must not be changed in between.
 *
 * @param source a path (Node; also a folder), URL, File, Blob, bytes, Response, or several files by name.
 * @throws WeightFileError naming the file, the place in it and what to do; the signal's reason when aborted.
 */
export async function loadWeights(
  source: WeightSource,
  options: ReadOptions = {},
): Promise<WeightFile> {
  return readSource(await toByteSource(source, options));
}

async function readSource(source: ByteSource): Promise<WeightFile> {
  const bytes = await (source.open ?? source.read)();
  return readAs(detectFormat(bytes, source.name), bytes, source);
}

/** An index must not lead to another, or a hostile one could lead to itself. */
async function readShard(source: ByteSource): Promise<WeightFile> {
  const bytes = await (source.open ?? source.read)();
  const format = detectFormat(bytes, source.name);
  if (format !== "index") return readAs(format, bytes, source);
  throw new WeightFileError({
    file: source.name,
    problem: "a shard of an index is an index itself",
  });
}

async function readAs(
  format: DetectedFormat,
  bytes: Bytes,
  source: ByteSource,
): Promise<WeightFile> {
  const load = READERS[format];
  if (!load) throw new WeightFileError({ file: source.name, problem: `no reader for ${format}` });
  const read = await load();
  return read(bytes, source);
}
