/** What a page downloads to train a VGG stays small, with everything in it that `graft` promises. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadSize, installGraft, neededFiles, sources } from "../../bench/run/download_size.ts";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";

let folder: string;
beforeAll(async () => {
  folder = await installGraft();
});
afterAll(() => rm(folder, { recursive: true }));

describe("the download to train a VGG", () => {
  it("is at most 80 KB (gzip) on a GPU", async () => {
    const size = await downloadSize("graft");
    expect(size?.downloadBytes).toBeLessThanOrEqual(80 * 1024);
    expect(size?.downloadBytes).toBeGreaterThan(40_000);
    expect(size?.softwareBytes).toBeGreaterThan(3_000);
    expect(size?.softwareBytes).toBeLessThan(17_000);
  });

  it("keeps kernels for software adapters, and what other networks need, out of its files", async () => {
    const page = `
      import { init, models, Trainer } from "webgraft";
      Object.assign(globalThis, { init, Trainer, vgg16: models.vgg16 });`;
    const files = await bundlePage({ root: folder, entries: { page }, forPage: true });
    const code = neededFiles(files, []).map((file) => file.code);
    expect(code.join("")).toContain("/matmul_blocked.wgsl");
    for (const kernel of [
      "matmul_vec4",
      "matmul_quad",
      "batch_norm",
      "avg_pool2d_grad",
      "image_transform",
    ])
      expect(code.join("")).not.toContain(`/${kernel}.wgsl`);
  });

  it("adds little for checkpoints: no readers of other formats", async () => {
    const files = await bundlePage({
      root: folder,
      entries: { page: sources.graft! },
      forPage: true,
    });
    const start = neededFiles(files, []);
    const more = neededFiles(files, ["checkpoint"]).filter((file) => !start.includes(file));
    expect(more.map(({ name }) => name)).toEqual(["checkpoint"]);
    expect(more[0]!.code).not.toContain("weight_map");
  });

  it("has nothing of the recipe, which a page that offers it loads with its first run", async () => {
    const startOf = async (page: string) => {
      const files = await bundlePage({ root: folder, entries: { page } });
      return neededFiles(files, []).map((file) => file.code);
    };
    const without = await startOf(`
      import { init, models } from "webgraft";
      Object.assign(globalThis, { init, vgg16: models.vgg16 });`);
    expect(without.join("")).not.toContain("left before it came to a result");
    const offering = (
      await startOf(`import { finetune } from "webgraft"; Object.assign(globalThis, { finetune });`)
    ).join("");
    expect(offering).toContain("left before it came to a result");
    expect(offering).not.toContain("the built-in network was trained on letters");
  });

  it("holds the methods of tensors, also where a page names none", async () => {
    const page = `import { Tensor } from "webgraft";
      export const found = ["add", "matmul", "sum", "gather", "backward"].filter(
        (name) => typeof Tensor.prototype[name] === "function");`;
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writePage(folder, await bundlePage({ root: folder, entries: { page } }));
    const { found } = await import(pathToFileURL(join(folder, "page.js")).href);
    expect(found).toEqual(["add", "matmul", "sum", "gather", "backward"]);
  });
});

it("other libraries without a page have no size", async () => {
  expect(await downloadSize("unknown")).toBeUndefined();
});
