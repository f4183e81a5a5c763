// Turns an imported `.wgsl` file into a KernelSource (src/gpu/kernel.ts): its text, that of the files of functions that it
// uses, and what wgsl_reflect reads from them, so that users never download the reflection library.
//
// A shader names what it uses in its head: `// Uses: nan, grid.` are shaders/lib/nan.wgsl and shaders/lib/grid.wgsl, which may
// use others. They stand behind the shader, because its `enable` must come first; WGSL doesn't mind the order.
import { readFile } from "node:fs/promises";
import { basename, dirname, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
// The package's own Node entry is CommonJS in a file that Node takes for a module: name the module build.
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";

const shaders = fileURLToPath(new URL("../shaders/", import.meta.url));

/** A file's name as seen from shaders/, with slashes. */
const nameOf = (path) => relative(shaders, path).replaceAll("\\", "/");

const isLib = (name) => name.startsWith("lib/");

/** The files that a shader says it uses, as seen from shaders/. */
function usedBy(text) {
  const head = /^(?:\/\/.*\n)*/.exec(text)[0];
  const line = /^\/\/ Uses: (.+?)\.?$/m.exec(head);
  return line ? line[1].split(/,\s*/).map((word) => `lib/${word}.wgsl`) : [];
}

/**
 * A shader's own file and those that it uses, directly or not, each once: `{ name, text, uses }`.
 * @throws Error when one is missing.
 */
export async function shaderFiles(path) {
  const files = [];
  const names = [nameOf(path)];
  for (const name of names) {
    const text = await readFile(shaders + name, "utf8").catch(() => {
      const user = files.find(({ uses }) => uses.includes(name));
      throw new Error(`${user?.name ?? path} uses ${name}, which doesn't exist`);
    });
    const uses = usedBy(text);
    files.push({ name, text, uses });
    names.push(...uses.filter((used) => !names.includes(used)));
  }
  return files;
}

/** The text that is compiled, in which constants are still to be chosen. */
export const composed = (files) => files.map(({ text }) => text).join("\n");

const SCALARS = { f32: "f32", u32: "u32", i32: "i32" };

/** Scalar members of the uniform struct, those of structs in it too; arrays and vectors flattened to `name[i]`. */
function flattenMember(file, member, base = 0) {
  const { name, type } = member;
  const offset = base + member.offset;
  if (type.isStruct) return type.members.flatMap((inner) => flattenMember(file, inner, offset));
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
    `${file}: params.${name} has type ${type.name}; use f32, u32, i32, vec4, array<vec4<…>, n> or a struct of these`,
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

/** What launching a kernel needs to know of it. Throws an Error that names the file when it breaks the conventions. */
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
  return { bindings, params };
}

const withoutComments = (text) => text.replace(/[ \t]*\/\/.*$/gm, "");

/**
 * The JavaScript module that a shader's file becomes. Files of functions are modules too, which kernels import: so a page
 * that has several kernels has such a file once.
 */
export async function compileShader(path) {
  const files = await shaderFiles(path);
  const [{ name, text }, ...used] = files;
  const own = JSON.stringify({ name, text: withoutComments(text) });
  if (isLib(name)) return `export default ${own};`;
  const imports = used.map((file, i) => {
    const specifier = posix.relative(dirname(name), file.name);
    return `import file${i} from ${JSON.stringify(specifier)};\n`;
  });
  const texts = [own, ...used.map((_, i) => `file${i}`)];
  const { bindings, params } = reflectKernel(name, composed(files));
  return `${imports.join("")}export default {
    name: ${JSON.stringify(basename(name, ".wgsl"))},
    files: [${texts}],
    bindings: ${JSON.stringify(bindings)},
    params: ${JSON.stringify(params)},
  };`;
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
        resolveDir: dirname(path),
        loader: "js",
      }));
    },
  };
}
