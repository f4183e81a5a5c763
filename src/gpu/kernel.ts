import { bindingsOf, type KernelBinding, type ParamLayout, paramsOf } from "./layout.ts";

/** One file below shaders/, without its comments, every line in its place. */
export interface ShaderFile {
  /** As seen from shaders/: "lib/nan.wgsl". */
  readonly name: string;
  readonly text: string;
}

/** A kernel's WGSL: its own file, then the files of functions that it uses. */
export type KernelSource = readonly ShaderFile[];

/** A kernel ready to compile: its files put together, with its constants chosen. */
export interface Kernel {
  readonly name: string;
  /** Unique per choice of constants. */
  readonly key: string;
  readonly source: string;
  readonly files: readonly ShaderFile[];
  readonly bindings: readonly KernelBinding[];
  readonly params: ParamLayout | null;
}

export type Constants = Readonly<Record<string, number | boolean | string>>;

const cache = new Map<string, Kernel>();

/**
 * Puts a kernel's files together and rewrites the initialisers of top-level `const NAME: type = value;` and
 * `alias NAME = type;` declarations, so that every file stays valid WGSL as written. Lines keep their numbers.
 *
 * `override` can't size register arrays and can't choose a type, which is why constants are
 * rewritten in the text. A constant may also be set to another one, by its name. Choosing `f16`, or a
 * vector of it, for an alias adds `enable f16;`.
 *
 * @throws Error naming the kernel and the constant when no file declares such a name.
 */
export function specialize(files: KernelSource, constants: Constants = {}): Kernel {
  const [, name = ""] = /(\w+)\.wgsl$/.exec(files[0]!.name) ?? [];
  const key = `${name}|${Object.entries(constants)
    .map(([name, value]) => `${name}=${value}`)
    .join(",")}`;
  let found = cache.get(key);
  if (!found) {
    const source = rewrite(name, files, constants);
    found = { name, key, source, files, bindings: bindingsOf(source), params: paramsOf(source) };
    cache.set(key, found);
  }
  return found;
}

function rewrite(name: string, files: KernelSource, constants: Constants): string {
  let source = files.map(({ text }) => text).join("\n");
  for (const [constant, value] of Object.entries(constants)) {
    const declaration = new RegExp(
      `^(const ${constant}(?:: *(\\w+))? *= *|alias ${constant} *= *)[^;]+;`,
      "m",
    );
    const match = declaration.exec(source);
    if (!match) throw new Error(`${name}.wgsl declares no constant or alias named ${constant}`);
    const [, start = "", type] = match;
    if (typeof value === "string" && start.startsWith("const") && !declares(source, value))
      throw new Error(`${name}.wgsl: ${constant} can't be ${value}, which is no constant there`);
    source = source.replace(declaration, `${start}${literal(value, type)};`);
  }
  const needsF16 = Object.values(constants).some((value) => /\bf16\b/.test(`${value}`));
  return needsF16 ? `enable f16; ${source}` : source;
}

const declares = (source: string, constant: string) =>
  new RegExp(`^const ${constant}\\b`, "m").test(source);

function literal(value: number | boolean | string, type: string | undefined): string {
  if (typeof value !== "number") return String(value);
  if (type === "u32") return `${value}u`;
  if (type === "f32") return Number.isInteger(value) ? `${value}.0` : String(value);
  return String(value);
}

/** What a shader calls the constant for one of several choices: "leakyRelu" is LEAKY_RELU there. */
export function constantName(choice: string): string {
  return choice.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
