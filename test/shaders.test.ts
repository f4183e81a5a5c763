/** What every kernel must keep to, checked without a GPU. CONTRIBUTING.md tells the rules. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as wgsl from "wgsl_reflect/wgsl_reflect.module.js";
import { bindingsOf, paramsOf } from "../src/gpu/index.ts";
import { composed, reflectKernel, shaderFiles } from "../tools/wgsl_plugin.mjs";
import { filesBelow, importsOf, repository } from "./import_graph.ts";
import { divergentBarriers } from "./wgsl_uniformity.ts";

/** What WebGPU promises on every adapter. */
const limits = {
  storageBuffers: 8,
  invocations: 256,
  workgroupBytes: 16384,
  sizeX: 256,
  sizeZ: 64,
};

const isLib = (file: string) => file.startsWith("shaders/lib/");
const shaders = filesBelow("shaders", [".wgsl"]);
const kernels = shaders.filter((file) => !isLib(file));
const libs = shaders.filter(isLib);
const used = new Set(
  filesBelow("src/kernels", [".ts"]).flatMap((file) => importsOf(file).map(({ target }) => target)),
);

const read = (file: string) => readFileSync(`${repository}/${file}`, "utf8");
/** The file and those that it uses. */
const filesOf = (file: string) => shaderFiles(`${repository}/${file}`);

/** The comment that a file starts with. */
function head(source: string): string {
  const lines = source.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end).join("\n");
}

/** Features and limits beyond the portable ones, from a line `// Needs: subgroups, …` in the head. */
function needs(source: string): string[] {
  const line = /^\/\/ Needs: (.+)$/m.exec(head(source));
  return line ? line[1].replace(/\.$/, "").split(/,\s*/) : [];
}

function workgroupBytes(source: string): number {
  const reflect = new wgsl.WgslReflect(source);
  const tree = new wgsl.WgslParser().parse(source);
  return tree
    .filter((node) => node instanceof wgsl.Var)
    .filter(({ storage }) => storage === "workgroup")
    .reduce((sum, { type }) => sum + (type ? reflect.getTypeInfo(type).size : Number.NaN), 0);
}

/** Names that a file declares at its top level. */
function declared(source: string): string[] {
  return [...source.matchAll(/^(?:alias|const|fn|struct|var(?:<[^>]*>)?) (\w+)/gm)].map(
    ([, name]) => name,
  );
}

it("there are shaders", () => {
  expect(kernels.length).toBeGreaterThan(0);
  expect(libs.length).toBeGreaterThan(0);
});

const composedKernels = await Promise.all(
  kernels.map(async (file) => ({ file, files: await filesOf(file) })),
);

describe.each(composedKernels)("$file", ({ file, files }) => {
  const source = composed(files);

  it("reflects: entry main, group 0, packable params, and launches read the same of it", () => {
    const { inputs, outputs, params } = reflectKernel(file, source);
    expect(outputs.length).toBeGreaterThan(0);
    const text = source.replace(/\/\/.*/g, "");
    const names = [...inputs, ...outputs, ...(params ? ["params"] : [])];
    expect(bindingsOf(text).map(({ name }) => name)).toEqual(names);
    const read = paramsOf(text);
    const fields = Object.entries(params?.fields ?? {}).map(([name, field]) => {
      const [offset, type, length = 1] = field;
      return { name, offset, type, length };
    });
    expect(read?.fields ?? []).toEqual(fields);
    expect(read?.size ?? 0).toBe(Math.ceil((params?.size ?? 0) / 16) * 16);
  });

  it("tells in its head what it computes", () => {
    expect(head(source).length).toBeGreaterThan(40);
  });

  it("uses each name for one thing, and each file that it says it uses", () => {
    const names = files.flatMap(({ text }) => declared(text));
    expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
    for (const { name, text, uses } of files) {
      const code = text.replace(/\/\/.*/g, "");
      const unused = uses.filter((lib) => {
        const words = declared(files.find((one) => one.name === lib)!.text);
        return !words.some((word) => new RegExp(`\\b${word}\\b`).test(code));
      });
      expect(unused, `${name} uses nothing of`).toEqual([]);
    }
  });

  it("binds at most eight tensors, and a struct named Params", () => {
    const { inputs, outputs } = reflectKernel(file, source);
    expect(inputs.length + outputs.length).toBeLessThanOrEqual(limits.storageBuffers);
    const { uniforms } = new wgsl.WgslReflect(source);
    expect(uniforms.map(({ type }) => type.name)).toEqual(uniforms.length > 0 ? ["Params"] : []);
  });

  it("stays within what every adapter has, or says what it needs", () => {
    const declaredNeeds = needs(source).map((need) => need.split(" ")[0]);
    const enabled = [...source.matchAll(/^enable ([\w, ]+);/gm)].flatMap((m) => m[1].split(/,\s*/));
    expect(declaredNeeds).toEqual(expect.arrayContaining(enabled));
    const [x = 1, y = 1, z = 1] = new wgsl.WgslReflect(source).entry.compute[0].workgroupSize ?? [];
    if (!declaredNeeds.includes("maxComputeInvocationsPerWorkgroup")) {
      expect(x * y * z).toBeLessThanOrEqual(limits.invocations);
      expect([x <= limits.sizeX, y <= limits.sizeX, z <= limits.sizeZ]).toEqual([true, true, true]);
    }
    if (!declaredNeeds.includes("maxComputeWorkgroupStorageSize")) {
      expect(workgroupBytes(source)).toBeLessThanOrEqual(limits.workgroupBytes);
    }
  });

  it("has its barriers in uniform control flow", () => {
    expect(divergentBarriers(source).map((line) => `${file}:${line}`)).toEqual([]);
  });

  it("is used by src/kernels", () => {
    expect([...used]).toContain(file);
  });
});

describe.each(libs)("%s", (file) => {
  it("is WGSL by itself, without an entry point, and says in its head what it holds", () => {
    const source = read(file);
    const tree = new wgsl.WgslParser().parse(source);
    expect(tree.length).toBeGreaterThan(0);
    expect(source).not.toMatch(/@compute/);
    expect(head(source).length).toBeGreaterThan(20);
  });

  it("is used by kernels", () => {
    const name = file.replace("shaders/", "");
    const names = composedKernels.flatMap(({ files }) => files.map((one) => one.name));
    expect(names).toContain(name);
  });
});

describe("shaderFiles", () => {
  it("names the file whose head speaks of one that doesn't exist", async () => {
    const folder = await mkdtemp(join(tmpdir(), "graft-shader-"));
    try {
      const path = join(folder, "odd.wgsl");
      await writeFile(path, "// Odd.\n// Uses: grid, wheels.\nfn odd() {}\n");
      await expect(shaderFiles(path)).rejects.toThrow(
        /odd\.wgsl uses lib\/wheels\.wgsl, which doesn't exist/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("reflectKernel", () => {
  const kernel = (declarations: string) =>
    `${declarations}\n@compute @workgroup_size(64) fn main() {}`;
  const x = "@group(0) @binding(0) var<storage, read> x: array<f32>;";
  const out = "@group(0) @binding(1) var<storage, read_write> out: array<f32>;";

  it("reads names in order and the layout of params, structs in it included", () => {
    const source = kernel(`${x} ${out}
      struct Size { @align(16) height: u32, width: i32 }
      struct Params { size: Size, scale: vec4<f32>, dims: array<vec4<u32>, 2>, eps: f32 }
      @group(0) @binding(2) var<uniform> params: Params;`);
    expect(reflectKernel("sizes.wgsl", source)).toEqual({
      inputs: ["x"],
      outputs: ["out"],
      params: {
        size: 80,
        fields: {
          height: [0, "u32"],
          width: [4, "i32"],
          scale: [16, "f32", 4],
          dims: [32, "u32", 8],
          eps: [64, "f32"],
        },
      },
    });
  });

  it.each([
    ["no output", kernel("fn helper() {}"), null],
    [
      "a gap",
      kernel(`${x} ${out.replace("1", "2")}`),
      "odd.wgsl: out has binding 2, but should have 1",
    ],
    [
      "outputs first",
      kernel(`${x.replace("binding(0)", "binding(1)")} ${out.replace("binding(1)", "binding(0)")}`),
      "odd.wgsl: x has binding 1, but should have 0",
    ],
    ["another group", kernel(`${x.replace("group(0)", "group(1)")}`), "odd.wgsl: x is in group 1"],
    [
      "a name twice",
      kernel(
        `struct A { @align(16) n: u32 } struct Params { a: A, n: u32 } @group(0) @binding(0) var<uniform> params: Params;`,
      ),
      "odd.wgsl: two members of params are named n",
    ],
  ])("tells of %s", (_, source, message) => {
    const reflect = () => reflectKernel("odd.wgsl", source);
    if (message === null) expect(reflect()).toEqual({ inputs: [], outputs: [], params: null });
    else expect(reflect).toThrow(message);
  });
});

describe("divergentBarriers", () => {
  const kernel = (body: string) => `
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
var<workgroup> tile: array<u32, 64>;
const LANES = 64u;
fn sync() { workgroupBarrier(); }
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) lid: vec3u, @builtin(workgroup_id) group: vec3u) {
${body}
}`;
  const line = 9;

  it.each([
    ["plain", "tile[lid.x] = 1u; workgroupBarrier();"],
    ["a constant condition", "if (LANES > 32u) { workgroupBarrier(); }"],
    [
      "the workgroup's own loop",
      "for (var i = group.x; i < input[3]; i++) { workgroupBarrier(); }",
    ],
    [
      "a tree",
      "for (var s = LANES / 2u; s > 0u; s /= 2u) { if (lid.x < s) { tile[lid.x] += 1u; } sync(); }",
    ],
    ["a return of the whole workgroup", "if (group.x > 3u) { return; } sync();"],
    ["a uniform load", "let n = workgroupUniformLoad(&tile[0]); if (n > 0u) { sync(); }"],
  ])("accepts %s", (_, body) => {
    expect(divergentBarriers(kernel(body))).toEqual([]);
  });

  it.each([
    ["a condition on the thread", "if (lid.x < 3u) { workgroupBarrier(); }"],
    ["a call behind one", "if (lid.x < 3u) { output[0] = 1u; } else { sync(); }"],
    ["an early return", "if (lid.x < 3u) { return; } workgroupBarrier();"],
    [
      "a value computed from the thread",
      "let i = lid.x * 2u; var n = 0u; n += i; while (n > 0u) { sync(); }",
    ],
    ["shared memory", "if (tile[0] > 3u) { workgroupBarrier(); }"],
    ["an own input", "if (input[lid.x] > 3u) { workgroupBarrier(); }"],
    ["a break of some", "for (var i = 0u; i < 9u; i++) { if (lid.x == i) { break; } sync(); }"],
  ])("finds %s", (_, body) => {
    expect(divergentBarriers(kernel(body))).toEqual([line]);
  });
});
