import { detectFormat } from "./detect/detect.ts";
import type { FileFormat } from "./detect/format.ts";
import { FORMATS } from "./detect/formats.ts";
import { WeightFileError } from "./errors.ts";
import { withLabelsBeside } from "./labels_beside.ts";
import type { ByteSource, ReadOptions } from "./sources/byte_source.ts";
import { toByteSource, type WeightSource } from "./sources/source.ts";
import type { WeightFile } from "./types.ts";

/**
 * Reads a file of weights: safetensors (also in shards with an index), PyTorch `.pt`/`.pth`, Keras `.h5`, `.weights.h5`
 * and `.keras`, or its network as JSON with the weights beside it, TensorFlow.js `model.json` with its shards,
 * face-api.js's manifests, ONNX, archives (.zip) of such files, NumPy `.npz` and `.npy`. The format is told by the
 * content. Tensors are decoded only when asked for, and come in PyTorch's layout. In Node, the tensors of a large file are
 * read then, too: it must not be changed in between. Class names that Teachable Machine put beside a network come with it.
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

/**
 * Reads a file in whichever of `formats` it is.
 *
 * @param readOther reads a file that this one names (a shard) or holds (an archive's). Such a file may not lead to others
 *   in turn: it could lead back to where it was found.
 */
export async function readSource(
  source: ByteSource,
  formats: readonly FileFormat[] = FORMATS,
  readOther: (other: ByteSource) => Promise<WeightFile> = (other) =>
    readSource(other, formats, async () => {
      throw new WeightFileError({
        file: other.name,
        problem: "it leads to other files, and was itself found through an index or in an archive",
      });
    }),
): Promise<WeightFile> {
  const bytes = await (source.open ?? source.read)();
  const read = await detectFormat(bytes, source.name, formats).reader();
  return withLabelsBeside(await read(bytes, source, readOther), source);
}
