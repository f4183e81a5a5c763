/** The package as npm gives it: packed, and installed in a folder that is empty but for it. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** A program that came to its end. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  /** What programs in it are given. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs a program in the folder. */
  run(command: string, ...args: string[]): Promise<Ended>;
  /**
   * Makes packages of the repository usable in the folder, as if they had been installed there: that saves downloads of
   * 200 MB and more.
   */
  lend(...names: string[]): Promise<void>;
  remove(): Promise<void>;
}

/** A user's project: a new folder in which the packed package is installed. */
export async function installedProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "webgraft-install-"));
  // As of somebody who has it nowhere else.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((at) => !existsSync(join(at, "graft")));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: path.join(delimiter),
    GRAFT_CACHE: join(folder, "cache"),
  };
  const run: Project["run"] = (command, ...args) => ended(folder, env, command, args);
  const lend = async (...names: string[]) => {
    for (const name of names) {
      const target = join(folder, "node_modules", name);
      await mkdir(dirname(target), { recursive: true });
      await symlink(join(repository, "node_modules", name), target, "junction");
    }
  };
  await writeFile(join(folder, "package.json"), '{ "name": "user", "type": "module" }');
  await install(folder, run);
  return { folder, env, run, lend, remove: () => rm(folder, { recursive: true, force: true }) };
}

function ended(
  cwd: string,
  env: NodeJS.ProcessEnv,
  command: string,
  args: readonly string[],
): Promise<Ended> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

async function install(folder: string, run: Project["run"]): Promise<void> {
  const pack = ["pack", "--ignore-scripts", "--pack-destination", folder];
  const packed = spawnSync(npm, pack, { cwd: repository, encoding: "utf8" });
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  const tarball = join(folder, packed.stdout.trim().split("\n").at(-1)!);
  const installed = await run(
    npm,
    "install",
    tarball,
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
  );
  if (installed.status !== 0) throw new Error(`npm install failed:\n${installed.stderr}`);
}
