/** What a page downloads to train a VGG stays small, with everything in it that `graft/core` promises. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bundlePage,
  downloadSize,
  installGraft,
  neededFiles,
} from "../../bench/run/download_size.ts";

let folder: string;
beforeAll(async () => {
  folder = await installGraft();
});
afterAll(() => rm(folder, { recursive: true }));

describe("the download to train a VGG", () => {
  it("is at most 60 KB (gzip) on a GPU", async () => {
    const size = await downloadSize("graft");
    expect(size?.downloadBytes).toBeLessThanOrEqual(60_000);
    expect(size?.downloadBytes).toBeGreaterThan(40_000);
    expect(size?.softwareBytes).toBeGreaterThan(3_000);
    expect(size?.softwareBytes).toBeLessThan(8_000);
  });

  it("keeps kernels for software adapters, and what other networks need, out of its files", async () => {
    const page = `
      import { init, Trainer } from "graft/core";
      import { vgg16 } from "graft/models";
      Object.assign(globalThis, { init, Trainer, vgg16 });`;
    const chunks = await bundlePage(folder, page);
    const code = neededFiles(chunks, []).map((chunk) => chunk.code);
    expect(code.join("")).toContain("matmul_tiled");
    for (const kernel of ["matmul_vec4", "matmul_quad", "batch_norm", "avg_pool2d_grad"])
      expect(code.join("")).not.toMatch(new RegExp(`[\`"']${kernel}[\`"']`));
  });

  it("holds the methods of tensors, also where a page names none", async () => {
    const page = `import { Tensor } from "graft/core";
      export const found = ["add", "matmul", "sum", "gather", "backward"].filter(
        (name) => typeof Tensor.prototype[name] === "function");`;
    for (const chunk of await bundlePage(folder, page))
      await writeFile(join(folder, chunk.fileName.replace(/js$/, "mjs")), chunk.code);
    const code = await readFile(join(folder, "page.mjs"), "utf8");
    await writeFile(join(folder, "page.mjs"), code.replace(/\.js(["'`])/g, ".mjs$1"));
    const { found } = await import(pathToFileURL(join(folder, "page.mjs")).href);
    expect(found).toEqual(["add", "matmul", "sum", "gather", "backward"]);
  });
});

it("other libraries without a page have no size", async () => {
  expect(await downloadSize("unknown")).toBeUndefined();
});
