/** The package as npm gives it: packed, and installed in an empty folder. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedProject, type Project, repository } from "./installed.ts";

let project: Project;

const graft = (...args: string[]) =>
  project.run(
    process.execPath,
    join(project.folder, "node_modules/webgraft/dist/cli/main.js"),
    ...args,
  );

async function bytesBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

beforeAll(async () => {
  project = await installedProject();
});

afterAll(() => project?.remove());

describe("installed in an empty folder", () => {
  it("brings no large package and nothing of development", async () => {
    const packages = (await readdir(join(project.folder, "node_modules"))).filter(
      (n) => n[0] !== ".",
    );
    for (const name of ["webgpu", "sharp", "@sparticuz", "vite", "puppeteer"])
      expect(packages).not.toContain(name);
    expect(await bytesBelow(join(project.folder, "node_modules"))).toBeLessThan(12e6);
    const files = await readdir(join(project.folder, "node_modules/webgraft"));
    expect(files.sort()).toEqual(["LICENSE", "README.md", "assets", "dist", "package.json"]);
  });

  it("has modules without maps to files that it lacks", async () => {
    const dist = join(project.folder, "node_modules/webgraft/dist");
    const names = await readdir(dist, { recursive: true });
    expect(names.filter((name) => name.endsWith(".map"))).toEqual([]);
    const text = await readFile(join(dist, "nn/conv.js"), "utf8");
    expect(text).not.toContain("sourceMappingURL");
  });

  it.each(["graft", "webgraft"])("has a command that npx finds as %s", async (name) => {
    const npx = process.platform === "win32" ? "npx.cmd" : "npx";
    const { stdout } = await project.run(npx, "--offline", name, "--version");
    const manifest = await readFile(join(repository, "package.json"), "utf8");
    expect(stdout.trim()).toBe(JSON.parse(manifest).version);
  });

  it("names the one command that Node needs", async () => {
    const { status, stderr } = await graft("--epochs", "1");
    expect(stderr).toMatch(/needs packages that pages do without: run npm install webgpu sharp/);
    expect(status).toBe(1);
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")(
    "names all that is missing in one command, where there is no driver",
    async () => {
      const { status, stderr } = await graft("--epochs", "1", "--adapter", "software");
      expect(stderr).toMatch(/run npm install webgpu sharp @sparticuz\/chromium$/m);
      expect(status).toBe(1);
    },
  );

  it("trains once these packages are there, without a graphics driver too", async () => {
    await project.lend("webgpu", "sharp", "@sparticuz/chromium");
    const adapter = process.platform === "linux" && process.arch === "x64" ? "software" : "system";
    const { status, stdout, stderr } = await graft(
      "--epochs",
      "1",
      "--no-compare",
      "--adapter",
      adapter,
    );
    expect(stderr).not.toContain("error");
    expect(stdout).toContain("fine-tuned");
    expect(status).toBe(0);
    // What is proposed can be typed as it stands: there is no clone here, and nothing of the name on the PATH.
    const next = stdout.slice(stdout.indexOf("\nNext"));
    const saved = /(\S+) {2}weights\n/.exec(stdout)![1]!;
    expect(next).toContain(`  npx webgraft predict --weights ${saved} PICTURE …\n`);
    expect(next).toContain("  npx webgraft --data DIR\n");
    expect(next).not.toMatch(/npm (start|run)/);
  });
});
