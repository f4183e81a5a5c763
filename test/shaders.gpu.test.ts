/** Every file of shaders/ compiles as it stands, with what it uses behind it and no constants chosen. */
import { expect, it } from "vitest";
import { currentDevice } from "../src/gpu/index.ts";
import { composed, shaderFiles } from "../tools/wgsl_plugin.mjs";
import { filesBelow, repository } from "./import_graph.ts";

const { gpu } = currentDevice();

it.each(filesBelow("shaders", [".wgsl"]))("%s compiles", async (file) => {
  const code = composed(await shaderFiles(`${repository}/${file}`));
  const needed = [...code.matchAll(/^enable (\w+);/gm)].map(([, name]) => name!);
  if (!needed.every((name) => gpu.features.has(name as GPUFeatureName))) return;
  const { messages } = await gpu.createShaderModule({ code }).getCompilationInfo();
  const errors = messages.filter(({ type }) => type === "error");
  expect(errors.map(({ lineNum, message }) => `${lineNum}: ${message}`)).toEqual([]);
});
