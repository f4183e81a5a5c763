import { access, constants, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { saveNpz, savePytorch, saveSafetensors } from "../formats/index.ts";
import { saveKerasH5, saveOnnx, saveTfjs } from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import { UsageError } from "./errors.ts";
import { infoMetadata, labelsPath, labelsText, type NetworkInfo } from "./info.ts";

type Writer = (model: Module, path: string, info: NetworkInfo) => Promise<unknown>;

const WRITERS: Readonly<Record<string, Writer>> = {
  ".safetensors": (model, path, info) =>
    saveSafetensors(model.stateDict(), { path, metadata: infoMetadata(info) }),
  ".pt": (model, path) => savePytorch(model.stateDict(), path),
  ".pth": (model, path) => savePytorch(model.stateDict(), path),
  ".npz": (model, path) => saveNpz(model.stateDict(), path),
  ".h5": (model, path, info) => saveKerasH5(model, { path, ...shapeAndClasses(info) }),
  ".onnx": (model, path, info) => saveOnnx(model, { path, ...shapeAndClasses(info) }),
  ".json": (model, path, info) =>
    saveTfjs(model, { path: dirname(path), ...shapeAndClasses(info) }),
};

function shapeAndClasses({ input, classes }: NetworkInfo) {
  return { inputShape: [input.channels, input.size, input.size], classes };
}

/** @throws UsageError before any work is done, when the name's ending is no format that can be written. */
export function checkSavePath(path: string): void {
  const ending = extname(path).toLowerCase();
  if (Object.hasOwn(WRITERS, ending)) return;
  throw new UsageError(
    `--save ${path}: can't write "${ending}" files; use one of ${Object.keys(WRITERS).join(", ")}`,
  );
}

/**
 * Makes the folder of a result and sees that it can be written to: what fails after hours of training
 * had better fail before.
 *
 * @throws UsageError naming the path and what is wrong with it.
 */
export async function prepareTarget(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory()) {
    throw new UsageError(`--save ${path}: is a folder; name a file`);
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--save ${path}: its folder can't be written to (${why})`, { cause });
  }
}

/** Writes the weights and, beside them, labels.json. @returns the paths written. */
export async function saveNetwork(
  model: Module,
  path: string,
  info: NetworkInfo,
): Promise<{ weights: string; labels: string }> {
  checkSavePath(path);
  await mkdir(dirname(path), { recursive: true });
  await WRITERS[extname(path).toLowerCase()](model, path, info);
  const labels = labelsPath(path);
  await writeFile(labels, labelsText(info, path));
  return { weights: path, labels };
}
