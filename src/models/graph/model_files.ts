import { collectTensors, writableEndings, writerFor } from "../../formats/index.ts";
import type { Module } from "../../nn/index.ts";
import { type ExportOptions, tracedForWriting } from "./save_model.ts";

export interface ModelFilesOptions extends ExportOptions {
  /** Shape of one image, [C, H, W]. The model's own `inputShape` where left out. */
  readonly inputShape?: readonly number[];
  /** Class names, kept in the file where the format has a place for them. */
  readonly classes?: readonly string[];
  /** Texts kept in the file under these keys, where the format has a place for them. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A model in the format that a name's ending stands for: the network with its weights where the format holds both, else its
 * weights.
 *
 * @param name "flowers.onnx", without a folder.
 * @returns files by name, the one of this name first: TF.js has its weights in another beside it.
 * @throws Error for an ending that nothing is written to, naming those that are, and for a network that the format can't hold.
 */
export async function modelFiles(
  model: Module,
  name: string,
  options: ModelFilesOptions = {},
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { metadata } = options;
  const [, stem, ending] = /^(.*?)(\.[^.]*)?$/s.exec(name) ?? [];
  const writer = writerFor(ending ?? "");
  if (!writer) {
    const known = writableEndings().join(", ");
    throw new Error(`${name}: can't write "${ending ?? ""}" files; use one of ${known}`);
  }
  if (writer.holds === "tensors") {
    const { dtype, probabilities } = options;
    if (probabilities)
      throw new Error(`${name}: this format holds no network to end with a softmax`);
    if (dtype === "i8" && ending !== ".safetensors")
      throw new Error(`${name}: nothing here reads 8 bits of this format; use .safetensors`);
    const write = await writer.load();
    return new Map([[name, write(await collectTensors(model.stateDict(), dtype), metadata)]]);
  }
  const [write, { graph, weights }] = await Promise.all([
    writer.load(),
    tracedForWriting(model, options),
  ]);
  const files = write(graph, weights, metadata, stem);
  if (files instanceof Uint8Array) return new Map([[name, files]]);
  const [first, ...others] = Object.entries(files);
  return new Map([[name, first[1]], ...others]);
}
