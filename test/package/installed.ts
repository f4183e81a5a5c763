/** The package as npm gives it: packed, and installed in a folder that is empty but for it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { ask } from "../made_once.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

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
  const folder = await mkdtemp(join(tmpdir(), "webgraft-project-"));
  await cp(await ask(inject("installGate")), folder, { recursive: true, verbatimSymlinks: true });
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
