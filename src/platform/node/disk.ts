import { access, constants, link, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path, { resolve } from "node:path";
import type { Disk } from "../types.ts";
import { fileError, isTemporaryFor, temporaryFor, toPath, writeAndFlush } from "./files.ts";

/** Node's file system. */
export const nodeDisk: Disk = {
  async kindOf(given) {
    const found = await stat(toPath(given)).catch(() => null);
    if (!found) return null;
    if (found.isFile()) return "file";
    return found.isDirectory() ? "folder" : "other";
  },

  async makeFolder(given) {
    try {
      return (await mkdir(toPath(given), { recursive: true })) ?? null;
    } catch (error) {
      throw fileError(given, "make this folder", error);
    }
  },

  async checkWritable(given) {
    await access(toPath(given), constants.W_OK).catch((error) => {
      throw fileError(given, "be written to", error);
    });
  },

  async create(given, bytes) {
    const target = resolve(toPath(given));
    const whole = temporaryFor(target);
    try {
      await writeAndFlush(whole, bytes);
      return await putInPlace(whole, target, bytes);
    } catch (error) {
      throw fileError(given, "write", error);
    } finally {
      await rm(whole, { force: true }).catch(() => {});
    }
  },

  async remove(given) {
    const target = toPath(given);
    const found = await stat(target).catch(() => null);
    if (found?.isDirectory()) await rmdir(target).catch(() => {});
    else await rm(target, { force: true });
  },

  async sweep(given) {
    const target = resolve(toPath(given));
    const folder = path.dirname(target);
    for (const name of await readdir(folder).catch(() => [])) {
      if (isTemporaryFor(target, name)) await rm(path.join(folder, name), { force: true });
    }
  },

  get temporaryFolder() {
    return tmpdir();
  },

  path,
};

/** Gives a whole file its name. @returns false where another has it. */
async function putInPlace(whole: string, target: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await link(whole, target);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
  }
  try {
    await writeAndFlush(target, bytes); // some file systems can't give a file a second name
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    await rm(target, { force: true }).catch(() => {});
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
