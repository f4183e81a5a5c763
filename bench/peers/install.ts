import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peers } from "./list.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function manifestOf(...path: string[]): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, ...path, "package.json"), "utf8"));
}

/** Version of an installed package, or null where it isn't. */
async function installedVersion(name: string): Promise<string | null> {
  if (!existsSync(join(folder, "node_modules", name))) return null;
  return (await manifestOf("node_modules", name)).version ?? null;
}

/** A peer's version. @throws Error when it isn't installed. */
export async function peerVersion(name: string): Promise<string> {
  const version = await installedVersion(peers[name].package);
  if (version) return version;
  throw new Error(`the peer ${name} isn't installed`);
}

async function upToDate(): Promise<boolean> {
  const { dependencies = {} } = await manifestOf();
  const versions = await Promise.all(Object.keys(dependencies).map(installedVersion));
  return Object.values(dependencies).every((wanted, i) => versions[i] === wanted);
}

function npmInstall(): Promise<void> {
  // Install scripts are of no use here: nothing in this package has a native part.
  const args = ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  return new Promise((resolve, reject) => {
    const child = spawn(npm, args, { stdio: ["ignore", "ignore", "pipe"], shell: false });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ci ended with code ${code}: ${errors.trim().slice(-500)}`));
    });
  });
}

/** Installs the pinned peers where they aren't yet. @throws Error with npm's own words. */
export async function installPeers(say: (text: string) => void): Promise<void> {
  if (await upToDate()) return;
  say("installing the peers into bench/peers (once)");
  await npmInstall();
}
