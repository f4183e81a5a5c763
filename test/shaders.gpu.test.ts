/** Every file of shaders/ compiles as it stands, with what it uses behind it and no constants chosen. */
import { expect, it } from "vitest";
import { composed, shaderFiles } from "../tools/wgsl_plugin.mjs";
import { compiler, errorsOf } from "./compiler.ts";
import { filesBelow, repository } from "./import_graph.ts";

const device = await compiler();

it.each(filesBelow("shaders", [".wgsl"]))("%s compiles", async (file) => {
  const code = composed(await shaderFiles(`${repository}/${file}`));
  expect(await errorsOf(device, code)).toEqual([]);
});
