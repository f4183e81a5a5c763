/** Vitest's global set-up of these tests: the package is packed and installed once for all files. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { repository } from "../import_graph.ts";
import { type Made, madeOnce } from "../made_once.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** What answers with the folder in which the package is installed. */
    installGate: string;
  }
}

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { gate, close } = await madeOnce(install);
  project.provide("installGate", gate);
  return close;
}

async function install(): Promise<Made> {
  const at = await mkdtemp(join(tmpdir(), "webgraft-install-"));
  await writeFile(join(at, "package.json"), '{ "name": "user", "type": "module" }');
  const pack = ["pack", "--ignore-scripts", "--pack-destination", at];
  const packed = await promisify(execFile)(npm, pack, { cwd: repository });
  const tarball = join(at, packed.stdout.trim().split("\n").at(-1)!);
  const how = ["--no-audit", "--no-fund", "--prefer-offline"];
  await promisify(execFile)(npm, ["install", tarball, ...how], { cwd: at });
  return { at, close: () => rm(at, { recursive: true, force: true }) };
}
