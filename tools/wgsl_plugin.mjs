// Turns an imported `.wgsl` file into a KernelSource (src/gpu/kernel.ts): its text plus what
// wgsl_reflect reads from it, so that users never download the reflection library.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
// The package's own Node entry is CommonJS in a file that Node takes for a module: name the module build.
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";

const SCALARS = { f32: "f32", u32: "u32", i32: "i32" };

/** Scalar members of the uniform struct, arrays and vectors flattened to `name[i]`. */
function flattenMember(file, member) {
  const { name, offset, type } = member;
  if (SCALARS[type.name]) return [{ name, offset, type: type.name, length: 1 }];
  if (/^vec[234]/.test(type.name)) {
    const scalar = type.format?.name ?? { f: "f32", u: "u32", i: "i32" }[type.name.at(-1)];
    return [{ name, offset, type: scalar, length: Number(type.name[3]) }];
  }
  if (type.name === "array" && /^vec4/.test(type.format.name)) {
    const scalar =
      type.format.format?.name ?? { f: "f32", u: "u32", i: "i32" }[type.format.name.at(-1)];
    return [{ name, offset, type: scalar, length: 4 * type.count }];
  }
  throw new Error(
    `${file}: params.${name} has type ${type.name}; use f32, u32, i32, vec4 or array<vec4<…>, n>`,
  );
}

function bindingOf(file, resource) {
  const { name, group, binding } = resource;
  if (group !== 0)
    throw new Error(`${file}: ${name} is in group ${group}; tensors and params go in group 0`);
  const isUniform = resource.resourceType === 0;
  const access = isUniform ? "uniform" : resource.access === "read_write" ? "read_write" : "read";
  return { name, binding, access };
}

/** Reflects one kernel. Throws an Error that names the file when it breaks the conventions. */
export function reflectKernel(file, source) {
  let reflect;
  try {
    reflect = new WgslReflect(source);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const entry = reflect.entry.compute.find((e) => e.name === "main");
  if (!entry) throw new Error(`${file}: no compute entry point named main`);
  const bindings = [...reflect.storage, ...reflect.uniforms]
    .map((resource) => bindingOf(file, resource))
    .sort((a, b) => a.binding - b.binding);
  const uniform = reflect.uniforms[0];
  if (uniform && uniform.name !== "params")
    throw new Error(`${file}: the uniform must be named params`);
  const params = uniform
    ? {
        size: uniform.type.size,
        fields: uniform.type.members.flatMap((m) => flattenMember(file, m)),
      }
    : null;
  return { name: basename(file, ".wgsl"), source, bindings, params };
}

/** The JavaScript module that an imported shader becomes: without comments, every line where it was. */
export async function compileShader(path) {
  const text = await readFile(path, "utf8");
  const kernel = reflectKernel(path, text.replace(/[ \t]*\/\/.*$/gm, ""));
  return `export default ${JSON.stringify(kernel)};`;
}

/** Vite and Vitest plugin. */
export function wgslPlugin() {
  return {
    name: "wgsl",
    enforce: "pre",
    async load(id) {
      const path = id.split("?")[0];
      return path.endsWith(".wgsl") ? { code: await compileShader(path), map: null } : undefined;
    },
  };
}

/** The same for esbuild. */
export function wgslEsbuild() {
  return {
    name: "wgsl",
    setup({ onLoad }) {
      onLoad({ filter: /\.wgsl$/ }, async ({ path }) => ({
        contents: await compileShader(path),
        loader: "js",
      }));
    },
  };
}
