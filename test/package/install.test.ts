/** The package as npm gives it: packed, and installed in an empty folder. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
let project: string;

function run(command: string, ...args: string[]) {
  const env = { ...process.env, GRAFT_CACHE: join(project, "cache") };
  const options = { cwd: project, encoding: "utf8", timeout: 240_000, env } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, stdout, stderr };
}

const graft = (...args: string[]) =>
  run(process.execPath, join(project, "node_modules/webgraft/dist/cli/main.js"), ...args);

async function bytesBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Packages that a user would install for Node; here those of the repository serve, which saves 200 MB. */
async function lend(...names: string[]): Promise<void> {
  for (const name of names) {
    const target = join(project, "node_modules", name);
    await mkdir(join(target, ".."), { recursive: true });
    await symlink(join(repository, "node_modules", name), target, "junction");
  }
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "webgraft-install-"));
  const packed = spawnSync(npm, ["pack", "--ignore-scripts", "--pack-destination", project], {
    cwd: repository,
    encoding: "utf8",
  });
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  await writeFile(join(project, "package.json"), '{ "name": "user", "type": "module" }');
  const tarball = join(project, packed.stdout.trim().split("\n").at(-1)!);
  const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
  const installed = run(npm, "install", tarball, ...flags);
  if (installed.status !== 0) throw new Error(`npm install failed:\n${installed.stderr}`);
});

afterAll(() => rm(project, { recursive: true, force: true }));

describe("installed in an empty folder", () => {
  it("brings no large package and nothing of development", async () => {
    const packages = (await readdir(join(project, "node_modules"))).filter((n) => n[0] !== ".");
    for (const name of ["webgpu", "sharp", "@sparticuz", "vite", "puppeteer"])
      expect(packages).not.toContain(name);
    expect(await bytesBelow(join(project, "node_modules"))).toBeLessThan(12e6);
    const files = await readdir(join(project, "node_modules/webgraft"));
    expect(files.sort()).toEqual(["LICENSE", "README.md", "assets", "dist", "package.json"]);
  });

  it("has modules without maps to files that it lacks", async () => {
    const dist = join(project, "node_modules/webgraft/dist");
    const names = await readdir(dist, { recursive: true });
    expect(names.filter((name) => name.endsWith(".map"))).toEqual([]);
    const text = await readFile(join(dist, "nn/conv.js"), "utf8");
    expect(text).not.toContain("sourceMappingURL");
  });

  it("names the one command that Node needs", () => {
    const { status, stderr } = graft("--epochs", "1");
    expect(stderr).toMatch(/needs packages that pages do without: run npm install webgpu sharp/);
    expect(status).toBe(1);
  });

  it("trains once these packages are there, without a graphics driver too", async () => {
    await lend("webgpu", "sharp", "@sparticuz/chromium");
    const adapter = process.platform === "linux" && process.arch === "x64" ? "software" : "system";
    const { status, stdout, stderr } = graft("--epochs", "1", "--no-compare", "--adapter", adapter);
    expect(stderr).not.toContain("error");
    expect(stdout).toContain("fine-tuned");
    expect(status).toBe(0);
  });
});
