/** Compiles the driver of null_driver.c, and says how a process is started on it. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const SOURCE = fileURLToPath(new URL("./null_driver.c", import.meta.url));

/** The first whose compiler reports and null device are as they are read here. */
const OLDEST_MESA = 25;

const NEEDED = `this needs Linux with Mesa ${OLDEST_MESA} or later, a C compiler and Vulkan's headers (Debian: apt install mesa-vulkan-drivers gcc libvulkan-dev, on Debian 12 with mesa-vulkan-drivers from bookworm-backports)`;

/** Mesa's driver for AMD GPUs; null where there is none. */
function findRadv(): string | null {
  const folders = ["/usr/lib64", "/usr/lib", "/usr/local/lib"];
  const within = folders.filter(existsSync).flatMap((folder) => [
    folder,
    ...readdirSync(folder)
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(folder, name)),
  ]);
  const paths = within.map((folder) => join(folder, "libvulkan_radeon.so"));
  return paths.find(existsSync) ?? null;
}

/** What a driver's library says of itself, as in "Mesa 25.0.7-2"; 0 where it says nothing. */
async function mesaVersion(library: string): Promise<number> {
  const text = (await readFile(library)).toString("latin1");
  return Number(text.match(/Mesa (\d+)\.\d+\.\d+/)?.[1] ?? 0);
}

/** Processes on GPUs that aren't there. */
export interface NullDriver {
  /** Of a process whose GPU is of that family, and whose compiler prints what it makes. */
  environment(family: string): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/**
 * Compiles the driver into a temporary folder.
 * @throws Error naming what is missing.
 */
export async function openDriver(): Promise<NullDriver> {
  const radv = process.platform === "linux" ? findRadv() : null;
  if (!radv) throw new Error(`there is no Mesa driver for AMD GPUs: ${NEEDED}`);
  const version = await mesaVersion(radv);
  if (version < OLDEST_MESA) throw new Error(`${radv} is of Mesa ${version || "?"}: ${NEEDED}`);
  const folder = await mkdtemp(join(tmpdir(), "graft-null-driver-"));
  const close = () => rm(folder, { recursive: true, force: true });
  const library = join(folder, "libnull_driver.so");
  try {
    await run("cc", ["-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"]);
  } catch (error) {
    await close();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`null_driver.c can't be compiled: ${NEEDED}\n${why}`);
  }
  const manifest = join(folder, "null_driver.json");
  const ICD = { library_path: library, api_version: "1.4.0" };
  await writeFile(manifest, JSON.stringify({ file_format_version: "1.0.0", ICD }));
  const environment = (family: string) => ({
    ...process.env,
    GRAFT_RADV: radv,
    RADV_FORCE_FAMILY: family,
    RADV_DEBUG: "nocache,shaderstats,asm",
    VK_DRIVER_FILES: manifest,
    VK_ICD_FILENAMES: manifest, // older loaders' name for it
  });
  return { environment, close };
}
