import { checkOptions, fingerprint } from "../base/index.ts";
import {
  bindingsOf,
  type Kernel,
  type LaunchParams,
  launch as launchKernel,
  paramsOf,
} from "../gpu/index.ts";
import { BYTES, type DType, NDArray } from "./array.ts";

/** A kernel of the user's own, as WGSL and the names in it. */
export interface KernelSpec {
  /** What errors call it. */
  readonly name: string;
  /** Arrays that are read, by the names that the code has them under, with what they hold. */
  readonly inputs?: Readonly<Record<string, DType>>;
  /** Arrays that are written. They may be read too. */
  readonly outputs: Readonly<Record<string, DType>>;
  /** Numbers that are given at each launch: `params.n` in the code. */
  readonly params?: Readonly<Record<string, "f32" | "u32" | "i32">>;
  /**
   * WGSL with an entry point `main`. What is listed above is declared for it: arrays as `array<f32>` and so on, numbers
   * as members of `params`.
   */
  readonly code: string;
}

/** A kernel that `launch` runs. */
export interface OwnKernel extends Kernel {
  readonly dtypes: ReadonlyMap<string, DType>;
}

const OPTIONS = ["name", "inputs", "outputs", "params", "code"];
const NUMBERS: readonly string[] = ["f32", "u32", "i32"];

/**
 * A kernel from WGSL text. It is compiled when it is launched first; a syntax error then shows the line.
 *
 * @throws Error for names that the code can't have, and for code that declares bindings itself.
 * @example
 * const double = defineKernel({
 *   name: "double",
 *   inputs: { x: "f32" },
 *   outputs: { out: "f32" },
 *   params: { n: "u32" },
 *   code: `
 *     @compute @workgroup_size(64)
 *     fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
 *       let i = id.y * groups.x * 64u + id.x; // as linearGrid counts
 *       if (i < params.n) { out[i] = 2.0 * x[i]; }
 *     }`,
 * });
 */
export function defineKernel(spec: KernelSpec): OwnKernel {
  checkOptions("defineKernel", spec, OPTIONS);
  checkSpec(spec);
  const { name, code, inputs = {}, outputs } = spec;
  const dtypes = new Map([...Object.entries(inputs), ...Object.entries(outputs)]);
  const text = declarations(dtypes, spec);
  const declared = { name: "what defineKernel declares", text };
  // Behind the code, whose lines keep their numbers in errors.
  const files = [{ name: `${name}.wgsl`, text: code }, declared];
  const usesHalf = [...dtypes.values()].includes("f16");
  const source = `${usesHalf ? "enable f16; " : ""}${code}\n${text}`;
  const key = `${name} (your own, ${source.length} ${fingerprint([source])})`;
  return { name, files, source, key, bindings: bindingsOf(text), params: paramsOf(text), dtypes };
}

/** Arrays are bound in the order in which they are listed, the numbers come last. */
function declarations(dtypes: OwnKernel["dtypes"], { outputs, params = {} }: KernelSpec): string {
  const lines = [...dtypes].map(([name, dtype], i) => {
    const access = Object.hasOwn(outputs, name) ? "read_write" : "read";
    return `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${dtype}>;`;
  });
  const members = Object.entries(params).map(([name, type]) => `${name}: ${type}`);
  if (members.length === 0) return lines.join("\n");
  const struct = `struct Params { ${members.join(", ")} }`;
  const uniform = `@group(0) @binding(${dtypes.size}) var<uniform> params: Params;`;
  return [...lines, struct, uniform].join("\n");
}

function checkSpec({ name, inputs = {}, outputs, params = {}, code }: KernelSpec): void {
  const where = `defineKernel: ${name}`;
  if (typeof name !== "string" || name === "")
    throw new TypeError(`defineKernel: the name must be a text, not ${name}`);
  if (Object.keys(outputs ?? {}).length === 0)
    throw new Error(`${where}: it has no outputs; name the arrays that the code writes`);
  const arrays = [...Object.entries(inputs), ...Object.entries(outputs)];
  for (const [i, [array, dtype]] of arrays.entries()) {
    checkName(where, array);
    if (!Object.hasOwn(BYTES, dtype))
      throw new Error(
        `${where}: ${array} is "${dtype}"; it must be ${Object.keys(BYTES).join(", ")}`,
      );
    if (arrays.findIndex(([other]) => other === array) < i)
      throw new Error(`${where}: ${array} is among inputs and outputs; outputs may be read too`);
  }
  for (const [param, type] of Object.entries(params)) {
    checkName(where, param);
    if (!NUMBERS.includes(type))
      throw new Error(
        `${where}: the parameter ${param} is "${type}"; it must be ${NUMBERS.join(", ")}`,
      );
  }
  if (!/\bfn\s+main\b/.test(code)) throw new Error(`${where}: the code has no entry point "main"`);
  if (/@group\b|@binding\b/.test(code)) {
    throw new Error(
      `${where}: the code binds something itself; list it as inputs, outputs and params, which are declared for it`,
    );
  }
}

function checkName(where: string, name: string): void {
  if (/^[A-Za-z]\w*$/.test(name) && name !== "params" && name !== "Params") return;
  throw new Error(`${where}: "${name}" can't be a name in it; take letters, digits and _`);
}

/**
 * Runs a kernel once, or records it where a step is being captured.
 *
 * @param arrays by the names that the kernel has them under.
 * @param params the numbers, by name. A function is asked again at each run of a captured step: what changes from step to
 *   step must be given that way.
 * @param groups how many workgroups in x, y and z; see `linearGrid`.
 * @throws Error naming an array or number that is missing, unknown, or of another kind than the kernel takes.
 */
export function launch(
  kernel: OwnKernel,
  arrays: Readonly<Record<string, NDArray>>,
  params: LaunchParams,
  groups: readonly [number, number, number],
): void {
  for (const [name, array] of Object.entries(arrays)) {
    const dtype = kernel.dtypes.get(name);
    if (!(array instanceof NDArray))
      throw new TypeError(
        `${kernel.name}: ${name} is no array, as an op's definition gets them and \`allocate\` makes them`,
      );
    if (dtype !== undefined && array.dtype !== dtype)
      throw new Error(
        `${kernel.name}: ${name} is ${array.dtype}, the kernel takes ${dtype}; tensor.to("${dtype}") converts`,
      );
  }
  launchKernel(kernel, arrays, params, groups);
}
