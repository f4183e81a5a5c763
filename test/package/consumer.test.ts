/** The package as a stranger meets it: from another folder, by its name, in plain Node and in TypeScript. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(repository, "dist");
let project: string;

beforeAll(async () => {
  if (!existsSync(join(dist, "index.js"))) throw new Error(`${dist} is missing: npm run build`);
  project = await mkdtemp(join(tmpdir(), "graft-package-"));
  await mkdir(join(project, "node_modules"));
  await writeFile(join(project, "package.json"), '{ "name": "user", "type": "module" }');
  await symlink(repository, join(project, "node_modules/webgraft"), "junction");
});

afterAll(() => rm(project, { recursive: true, force: true }));

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: "utf8",
    timeout: 240_000,
  });
  return { status, stdout, stderr };
}

async function script(source: string) {
  const file = join(project, "script.mjs");
  await writeFile(file, source);
  return node(file);
}

describe("in Node", () => {
  it("computes gradients, and the process ends by itself", async () => {
    const { status, stdout } = await script(`
      import "webgraft/node";
      import { init, tensor } from "webgraft";
      await init();
      const x = tensor([1, 2, 3], { requiresGrad: true });
      x.mul(x).sum().backward();
      console.log(JSON.stringify([...(await x.grad.data())]));
    `);
    expect(stdout.trim()).toBe("[2,4,6]");
    expect(status).toBe(0);
  });

  it("has parts of its own that share one engine", async () => {
    const { stdout, stderr } = await script(`
      import * as graft from "webgraft";
      import * as core from "webgraft/core";
      for (const name of Object.keys(core))
        if (core[name] !== graft[name]) throw new Error("another " + name);
      for (const part of ["data", "explain", "formats", "metrics", "models", "nn", "ops", "optim", "transfer"])
        if ((await import("webgraft/" + part)) !== graft[part]) throw new Error("another " + part);
      const { finetune } = await import("webgraft/finetune");
      if (finetune !== graft.finetune) throw new Error("another finetune");
      console.log(Object.keys(core).length > 20);
    `);
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe("true");
  });

  it("says what to import where webgraft/node is missing", async () => {
    const { status, stderr } = await script(`
      import { init } from "webgraft";
      await init();
    `);
    expect(stderr).toMatch(/NoWebGpuError: .*import "webgraft\/node"/s);
    expect(status).toBe(1);
  });

  it("has a command that explains itself", () => {
    const { status, stdout } = node(join(dist, "cli/main.js"), "--help");
    expect(stdout).toContain("Fine-tune pretrained networks on WebGPU");
    expect(status).toBe(0);
  });
});

describe("in TypeScript", () => {
  const source = `
    import "webgraft/node";
    import { init, nn, optim, type Tensor, tensor } from "webgraft";
    export async function first(): Promise<number> {
      await init();
      const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
      const out: Tensor = tensor([1, 2]).sum();
      optimizer.step();
      return out.item();
    }
    // @ts-expect-error: the declarations know that item() gives a number
    export const wrong: Promise<string> = tensor([1]).item();
  `;

  /** As strict as a project may be: also the declarations of packages are checked. */
  function compile(typescript: string, resolution: string, options: string[], files: string[]) {
    const manifest = createRequire(import.meta.url).resolve(`${typescript}/package.json`);
    const module = resolution === "nodenext" ? "nodenext" : "esnext";
    const resolve = ["--module", module, "--moduleResolution", resolution];
    const strict = ["--noEmit", "--strict", "--target", "es2022", ...resolve, ...options];
    const { status, stdout } = node(join(dirname(manifest), "bin/tsc"), ...strict, ...files);
    expect(stdout).toBe("");
    expect(status).toBe(0);
  }

  const versions = ["typescript", "typescript5"].flatMap((version) =>
    ["bundler", "nodenext"].map((resolution) => [version, resolution]),
  );

  it.each(versions)("has types in %s, with moduleResolution %s", async (version, resolution) => {
    await writeFile(join(project, "consumer.ts"), source);
    compile(version, resolution, [], ["consumer.ts"]);
  });

  it.each(versions)("compiles the examples in %s, with moduleResolution %s", async (...how) => {
    const types = join(project, "node_modules/@types");
    if (!existsSync(types))
      await symlink(join(repository, "node_modules/@types"), types, "junction");
    await cp(join(repository, "examples"), join(project, "examples"), { recursive: true });
    const paths = await readdir(join(project, "examples"), { recursive: true });
    const files = paths.filter((path) => path.endsWith(".ts")).map((path) => `examples/${path}`);
    // Node 24 only takes types away; what would become code can't run there.
    const asNodeDoes = ["--erasableSyntaxOnly", "--allowImportingTsExtensions"];
    compile(how[0], how[1], ["--types", "node", ...asNodeDoes], files);
  });
});

it("says nothing of the machine that built it", async () => {
  const files = await readdir(dist, { recursive: true });
  for (const file of files.filter((name) => /\.(js|ts|map)$/.test(name))) {
    expect((await readFile(join(dist, file), "utf8")).includes(repository), file).toBe(false);
  }
});
