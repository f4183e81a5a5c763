/** What pages download must be the kernels that are tested here. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { currentDevice } from "../src/gpu/index.ts";
import { unpackKernel } from "../src/gpu/packed_kernel.ts";
import { packKernel } from "../tools/pack_kernel.mjs";
import { reflectKernel } from "../tools/wgsl_plugin.mjs";
import { filesBelow, repository } from "./import_graph.ts";

const { gpu } = currentDevice();
it.each(filesBelow("shaders", [".wgsl"]))("%s compiles when made smaller", async (file) => {
  const source = readFileSync(`${repository}/${file}`, "utf8");
  const { source: small } = unpackKernel(...packKernel(reflectKernel(file, source)));
  expect(small.length).toBeLessThan(0.8 * source.length);
  for (const declaration of source.match(/^(?:const|alias) \w+/gm) ?? [])
    expect(small).toMatch(new RegExp(`(?<=^|[;}])${declaration}\\b`));
  const needed = [...source.matchAll(/^enable (\w+);/gm)].map(([, name]) => name!);
  if (!needed.every((name) => gpu.features.has(name as GPUFeatureName))) return;
  const { messages } = await gpu.createShaderModule({ code: small }).getCompilationInfo();
  expect(messages.filter(({ type }) => type === "error").map(({ message }) => message)).toEqual([]);
});
