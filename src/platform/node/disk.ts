import { access, constants, mkdir, open, rm, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Disk } from "../types.ts";
import { fileError, toPath } from "./files.ts";

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
    const file = await open(toPath(given), "wx").catch((error) => {
      if (codeOf(error) === "EEXIST") return null;
      throw fileError(given, "write", error);
    });
    if (!file) return false;
    try {
      await file.writeFile(bytes);
      await file.sync();
      return true;
    } catch (error) {
      await rm(toPath(given), { force: true }).catch(() => {});
      throw fileError(given, "write", error);
    } finally {
      await file.close();
    }
  },

  async remove(given) {
    const target = toPath(given);
    const found = await stat(target).catch(() => null);
    if (found?.isDirectory()) await rmdir(target).catch(() => {});
    else await rm(target, { force: true });
  },

  get temporaryFolder() {
    return tmpdir();
  },

  path,
};

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
