/**
 * What README tells a stranger to type, typed: in an empty folder into which the package was installed, without a graphics
 * driver. Weights by name come from a mirror on this machine.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { writePhotos } from "../photos.ts";
import { installedProject, type Project, repository } from "./installed.ts";

const readme = await readFile(join(repository, "README.md"), "utf8");
const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));

/** The blocks of code below a heading. */
function blocks(heading: string, language: string): string[] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const fence = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms");
  return [...section.matchAll(fence)].map(([, code]) => code);
}

let project: Project;
let mirror: StaticServer;

beforeAll(async () => {
  project = await installedProject();
  await project.lend("webgpu", "sharp", "@sparticuz/chromium");
  // Where there is a software adapter, the machine's own driver is hidden from the Vulkan loader.
  if (process.platform === "linux" && process.arch === "x64")
    project.env.VK_DRIVER_FILES = join(project.folder, "no such driver");
  await writePhotos(project.folder, 10); // in the places that README names
  await writeMirror();
  mirror = await serveFolders({ "/": join(project.folder, "mirror") });
  project.env.GRAFT_MIRROR = mirror.url;
});

afterAll(async () => {
  await mirror?.close();
  await project?.remove();
});

/** A network with fresh weights stands in for the published one. */
async function writeMirror(): Promise<void> {
  await mkdir(join(project.folder, "mirror"));
  await script(`
    import "webgraft/node";
    import { formats, init, manualSeed, models } from "webgraft";
    await init();
    manualSeed(1);
    await formats.saveTfjs(models.mobilenetV1({ alpha: 0.25 }), "mirror/mobilenet_v1_0.25");
  `);
}

/** Runs a module in the project. @returns what it printed. */
async function script(code: string): Promise<string> {
  await writeFile(join(project.folder, "script.mjs"), code);
  const { status, stdout, stderr } = await project.run(process.execPath, "script.mjs");
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** Command lines without their comments. */
const commands = blocks("The command", "sh").flatMap((block) =>
  block
    .trim()
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim()),
);

describe("README", { timeout: 600_000 }, () => {
  it("says how to install what the package needs", () => {
    const named = blocks("Install", "sh").flatMap((block) =>
      [...block.matchAll(/npm install ([^#\n]*)/g)].flatMap(([, names]) => names.trim().split(" ")),
    );
    const needed = [manifest.name, ...Object.keys(manifest.peerDependencies)];
    expect(named.sort()).toEqual(needed.sort());
  });

  it("shows the first example as it is", async () => {
    const example = await readFile(join(repository, "examples/fine_tune.ts"), "utf8");
    expect(blocks("A first fine-tune", "ts")[0]).toBe(example);
  });

  it("has a first example that reaches its figure", async () => {
    const printed = await script(blocks("A first fine-tune", "ts")[0]);
    const accuracy = /accuracy ([\d.]+) % on 200 new drawings/.exec(printed)?.[1];
    expect(Number(accuracy), printed).toBeGreaterThanOrEqual(80);
  });

  it("has an example that runs on a folder of pictures", async () => {
    const printed = await script(blocks("A first fine-tune", "ts")[1]);
    expect(printed).toMatch(/^accuracy [\d.]+ in telling A, B apart\n([AB] 0\.\d+\n){2}$/);
  });

  it.each(commands)("names a command that works: %s", async (line) => {
    const [command, ...args] = line.split(/\s+/);
    const program = process.platform === "win32" ? `${command}.cmd` : command;
    const { status, stdout, stderr } = await project.run(program, ...args);
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toMatch(args.includes("--help") ? /Usage: / : /fine-tuned/);
  });

  it("leads to every example", async () => {
    const links = [...readme.matchAll(/\]\((examples\/[\w/.]+)\)/g)].map(([, path]) => path);
    const there = await readdir(join(repository, "examples"));
    expect(links.sort()).toEqual(there.map((name) => `examples/${name}`).sort());
  });
});
