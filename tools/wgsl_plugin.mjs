// Turns an imported `.wgsl` file into a KernelSource (src/gpu/kernel.ts): its text and that of the files of functions that it
// uses. What wgsl_reflect reads from them is checked here, so that launches can do with a few patterns (src/gpu/layout.ts).
//
// A shader names what it uses in its head: `// Uses: nan, grid.` are shaders/lib/nan.wgsl and shaders/lib/grid.wgsl, which may
// use others. They stand behind the shader, because its `enable` must come first; WGSL doesn't mind the order.
import { readFile } from "node:fs/promises";
import { dirname, posix, relative } from "node:path";
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

/** Members of the uniform struct, those of structs in it too, as [name, [offset, type of scalar, number of them]]. */
function flattenMember(file, member, base = 0) {
  const { name, type } = member;
  const offset = base + member.offset;
  if (type.isStruct) return type.members.flatMap((inner) => flattenMember(file, inner, offset));
  if (SCALARS[type.name]) return [[name, [offset, type.name]]];
  if (/^vec[234]/.test(type.name)) {
    const scalar = type.format?.name ?? { f: "f32", u: "u32", i: "i32" }[type.name.at(-1)];
    return [[name, [offset, scalar, Number(type.name[3])]]];
  }
  if (type.name === "array" && /^vec4/.test(type.format.name)) {
    const scalar =
      type.format.format?.name ?? { f: "f32", u: "u32", i: "i32" }[type.format.name.at(-1)];
    return [[name, [offset, scalar, 4 * type.count]]];
  }
  throw new Error(
    `${file}: params.${name} has type ${type.name}; use f32, u32, i32, vec4, array<vec4<…>, n> or a struct of these`,
  );
}

/** Names of tensors that are read and of those that are written, which must be bound in this order, before params. */
function tensorsOf(file, { storage, uniforms }) {
  const tensors = storage.toSorted((a, b) => a.binding - b.binding);
  const outputs = tensors.filter(({ access }) => access === "read_write");
  const inputs = tensors.filter((tensor) => !outputs.includes(tensor));
  [...inputs, ...outputs, ...uniforms].forEach(({ name, group, binding }, i) => {
    if (group !== 0)
      throw new Error(`${file}: ${name} is in group ${group}; tensors and params go in group 0`);
    if (binding !== i)
      throw new Error(
        `${file}: ${name} has binding ${binding}, but should have ${i}: first what is read, then what is written, then params`,
      );
  });
  const names = (resources) => resources.map(({ name }) => name);
  return { inputs: names(inputs), outputs: names(outputs) };
}

function paramsOf(file, { size, members }) {
  const fields = members.flatMap((member) => flattenMember(file, member));
  const names = fields.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new Error(`${file}: two members of params are named ${twice}`);
  return { size, fields: Object.fromEntries(fields) };
}

/** Names and layout of what a kernel binds. Throws an Error that names the file when it breaks the conventions. */
export function reflectKernel(file, source) {
  let reflect;
  try {
    reflect = new WgslReflect(source);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const entry = reflect.entry.compute.find((e) => e.name === "main");
  if (!entry) throw new Error(`${file}: no compute entry point named main`);
  const { inputs, outputs } = tensorsOf(file, reflect);
  const uniform = reflect.uniforms[0];
  if (uniform && uniform.name !== "params")
    throw new Error(`${file}: the uniform must be named params`);
  return { inputs, outputs, params: uniform ? paramsOf(file, uniform.type) : null };
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
  reflectKernel(name, composed(files));
  const imports = used.map((file, i) => {
    const specifier = posix.relative(dirname(name), file.name);
    return `import file${i} from ${JSON.stringify(specifier)};\n`;
  });
  const texts = [own, ...used.map((_, i) => `file${i}`)];
  return `${imports.join("")}export default [${texts}];`;
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
