import { messageOf } from "../../base/index.ts";
import type { ExportOptions } from "../../models/index.ts";
import type { Module } from "../../nn/index.ts";
import { platform } from "../../platform/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { labelsPath, labelsText } from "../network/sidecar.ts";
import { baseName, beside, ending, kindOf, stem, within } from "../places.ts";
import { networkFiles } from "./files.ts";

/** Where the network and what belongs to it were written. */
export interface SavedFiles {
  readonly weights: string;
  readonly labels: string;
}

/**
 * Writes the network and, beside it, its class names and input.
 *
 * @param overwrite whether other files of these names may be written over.
 * @param how the file is to differ from the model.
 * @throws Error naming the path.
 */
export async function saveNetwork(
  model: Module,
  path: string,
  info: NetworkInfo,
  overwrite = true,
  how: ExportOptions = {},
): Promise<SavedFiles> {
  const named = await networkFiles(model, path, info, how);
  const files = [...named].map(([name, bytes]) => [beside(path, name), bytes] as const);
  if (!overwrite) for (const [file, bytes] of files) await refuseOther(file, bytes);
  const { disk } = platform();
  await disk?.makeFolder(disk.path.dirname(path));
  for (const [file, bytes] of files) await platform().writeFileAtomic(file, bytes);
  return { weights: path, labels: await saveLabels(info, path) };
}

/** A run that was killed while it saved finds its own files; others came while it trained. */
async function refuseOther(path: string, bytes: Uint8Array): Promise<void> {
  if ((await kindOf(path)) === null) return;
  const there = await platform().readFile(path);
  if (there.length === bytes.length && there.every((byte, i) => byte === bytes[i])) return;
  throw new Error(`${path}: another file was put there while it trained`);
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
 * Writes a network that took hours: where its place won't do (another file is there by now, the disk is full, the format has no
 * such layer), under another name or as plain weights there, and else in the system's folder for temporary files, which may be on
 * another disk.
 *
 * @throws the first error, where nothing could be written anywhere.
 */
export async function saveSomewhere(
  model: Module,
  path: string,
  info: NetworkInfo,
  overwrite: boolean,
): Promise<SavedSomewhere> {
  const { disk } = platform();
  const end = ending(path);
  const isTaken = !overwrite && (await kindOf(path)) !== null;
  const other = isTaken ? [beside(path, `${stem(path)}-${Date.now()}${end}`)] : [];
  const plain = end === ".safetensors" ? [] : [`${path}.safetensors`];
  const elsewhere = disk ? [within(disk.temporaryFolder, fresh(path))] : [];
  let first: unknown = null;
  for (const target of [path, ...other, ...plain, ...elsewhere]) {
    try {
      const saved = await saveNetwork(model, target, info, overwrite);
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
