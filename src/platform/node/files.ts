import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../base/index.ts";
import type { FolderEntry } from "../types.ts";

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EEXIST: "a file of this name exists",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "is a file, or lies below one, not a folder",
  ENOSPC: "no space left on the disk",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
};

/** Node's error as one line that names the path the user gave. */
export function fileError(path: string, doing: string, cause: unknown): Error {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why = WHY[code] ?? messageOf(cause);
  return new Error(`${path}: can't ${doing}: ${why}`, { cause });
}

export function toPath(path: string): string {
  return /^file:/i.test(path) ? fileURLToPath(path) : path;
}

/** @throws Error naming the path; also for pipes and devices, which may never end. */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    const about = await stat(toPath(path));
    if (!about.isFile() && !about.isDirectory()) {
      throw new Error("is a pipe or a device, not a file: save what comes from it to a file first");
    }
    const buffer = await readFile(toPath(path));
    // Small reads are slices of Node's shared pool; views on `.buffer` must not see foreign bytes.
    return buffer.byteLength === buffer.buffer.byteLength
      ? new Uint8Array(buffer.buffer)
      : new Uint8Array(buffer);
  } catch (error) {
    throw fileError(path, "read", error);
  }
}

/**
 * Writes to a temporary file in the same folder, flushes it to the disk and renames it: whatever
 * goes wrong, `path` holds either the old content or the new one, and nothing else is left behind.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const target = resolve(toPath(path));
  const temporary = temporaryFor(target);
  try {
    await writeAndFlush(temporary, bytes);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(path, "write", error);
  }
  await flushFolder(dirname(target));
}

const temporaryStart = (target: string) => `.${basename(target).slice(0, 100)}.`;

/** What a file is called until it is whole, in the same folder. */
export function temporaryFor(target: string): string {
  return join(dirname(target), `${temporaryStart(target)}${randomUUID()}.tmp`);
}

/** Whether a name in the folder of `target` is one of these. */
export function isTemporaryFor(target: string, name: string): boolean {
  const start = temporaryStart(target);
  return name.startsWith(start) && /^[\da-f-]{36}\.tmp$/.test(name.slice(start.length));
}

/** @throws where there is such a file already. */
export async function writeAndFlush(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself survive a power cut. Windows has no such call, some file systems refuse. */
async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // The file is written; only its survival of a power cut in the next seconds isn't certain.
  }
}

export async function listFolder(path: string): Promise<FolderEntry[]> {
  const folder = toPath(path);
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileError(path, "list", error);
  }
  const listed = await Promise.all(
    entries.map(async (entry) => ({ name: entry.name, kind: await kindOf(folder, entry) })),
  );
  // By code unit, as Python's sorted() does, so that class numbers agree with other tools'.
  return listed.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** A broken link counts as a file: reading it then gives an error that names it. */
async function kindOf(folder: string, entry: Dirent): Promise<FolderEntry["kind"]> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? "folder" : "file";
  const target = await stat(join(folder, entry.name)).catch(() => null);
  return target?.isDirectory() ? "folder" : "file";
}
