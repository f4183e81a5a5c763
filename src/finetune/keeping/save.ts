import { messageOf } from "../../base/index.ts";
import type { Module } from "../../nn/index.ts";
import { platform } from "../../platform/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { labelsPath, labelsText } from "../network/sidecar.ts";
import { baseName, beside, ending, within } from "../places.ts";
import { networkFiles } from "./files.ts";

/** Where the network and what belongs to it were written. */
export interface SavedFiles {
  readonly weights: string;
  readonly labels: string;
}

/** Writes the network and, beside it, its class names and input. @throws Error naming the path. */
export async function saveNetwork(
  model: Module,
  path: string,
  info: NetworkInfo,
): Promise<SavedFiles> {
  const files = await networkFiles(model, path, info);
  const { disk } = platform();
  await disk?.makeFolder(disk.path.dirname(path));
  for (const [name, bytes] of files) await platform().writeFileAtomic(beside(path, name), bytes);
  return { weights: path, labels: await saveLabels(info, path) };
}

/** Writes what is known of the network in the file `weights` beside it. @returns the path. */
export async function saveLabels(info: NetworkInfo, weights: string): Promise<string> {
  const labels = labelsPath(weights);
  await platform().writeFileAtomic(labels, new TextEncoder().encode(labelsText(info, weights)));
  return labels;
}

export interface SavedSomewhere extends SavedFiles {
  /** Why it isn't where it was to go; null where it is. */
  readonly why: string | null;
}

/**
 * Writes a network that took hours: where its place won't do (the disk is full, the format has no such layer), as plain
 * weights there, and else in the system's folder for temporary files, which may be on another disk.
 *
 * @throws the first error, where nothing could be written anywhere.
 */
export async function saveSomewhere(
  model: Module,
  path: string,
  info: NetworkInfo,
): Promise<SavedSomewhere> {
  const { disk } = platform();
  const plain = ending(path) === ".safetensors" ? [] : [`${path}.safetensors`];
  const elsewhere = disk ? [within(disk.temporaryFolder, fresh(path))] : [];
  let first: unknown = null;
  for (const target of [path, ...plain, ...elsewhere]) {
    try {
      const saved = await saveNetwork(model, target, info);
      return { ...saved, why: first === null ? null : messageOf(first) };
    } catch (error) {
      first ??= error; // the first reason is the one to know
    }
  }
  throw first;
}

/** A name that nobody else has. */
function fresh(path: string): string {
  const name = baseName(path).replace(/\.safetensors$/, "");
  return `graft-${Date.now()}-${name}.safetensors`;
}
