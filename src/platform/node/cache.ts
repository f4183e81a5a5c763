/**
 * Where Graft keeps what it can fetch or unpack again: one folder per user, by the platform's own rule.
 */
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";

/** The platform's cache folder for this user, without creating it. */
function cacheHome(): string {
  if (process.platform === "win32") {
    return process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  }
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
}

/** A folder of this user's below the temporary folder, for accounts without a writable home. */
function temporaryCache(): string {
  const user = process.platform === "win32" ? userInfo().username : String(process.getuid?.() ?? 0);
  return join(tmpdir(), `graft-cache-${user}`);
}

/**
 * Graft's cache folder, created when missing.
 *
 * `$GRAFT_CACHE` when set, else `graft` below the user's cache folder, else (no writable home) a folder of the
 * user's below the temporary folder, readable by nobody else.
 */
export async function cacheFolder(): Promise<string> {
  const chosen = process.env.GRAFT_CACHE;
  if (chosen) {
    await mkdir(chosen, { recursive: true });
    return chosen;
  }
  const wanted = join(cacheHome(), "graft");
  try {
    await mkdir(wanted, { recursive: true });
    return wanted;
  } catch {
    return privateFolder(temporaryCache());
  }
}

/** Libraries are loaded from here, so a folder that another account made must not be trusted. */
async function privateFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const owner = (await stat(path)).uid;
  const self = process.getuid?.() ?? owner;
  if (owner !== self) {
    throw new Error(
      `the cache folder ${path} belongs to another user (uid ${owner}): set GRAFT_CACHE to a folder of your own`,
    );
  }
  return path;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Fill a folder once and for all processes.
 *
 * `fill` writes into a fresh folder beside `target`, which is then renamed: whoever sees `target` sees it whole,
 * two processes may race, and an interrupted run leaves nothing under that name.
 */
export async function fillOnce(
  target: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (await exists(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const fresh = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await fill(fresh);
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // The rename fails when another process finished first; its folder is as good as ours.
    if (!(await exists(target))) throw error;
  }
  return target;
}
