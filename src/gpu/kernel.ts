type Scalar = "f32" | "u32" | "i32";

/** A scalar, vector or array-of-vec4 member of a kernel's `Params` struct. Offsets in bytes. */
export interface ParamField {
  readonly name: string;
  readonly offset: number;
  readonly type: Scalar;
  /** Number of scalars; 1 for a plain scalar. */
  readonly length: number;
}

export interface KernelBinding {
  readonly name: string;
  readonly binding: number;
  readonly access: "read" | "read_write" | "uniform";
}

/** One file below shaders/, without its comments, every line in its place. */
export interface ShaderFile {
  /** As seen from shaders/: "lib/nan.wgsl". */
  readonly name: string;
  readonly text: string;
}

/**
 * A kernel's WGSL with what build-time reflection read from it (tools/wgsl_plugin.mjs). Bindings are numbered in this order:
 * tensors that are read, tensors that are written, `params`.
 */
export interface KernelSource {
  readonly name: string;
  /** The kernel's own file, then the files of functions that it uses. */
  readonly files: readonly ShaderFile[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly params: {
    readonly size: number;
    /** One scalar unless a length is given. */
    readonly fields: Readonly<
      Record<string, readonly [offset: number, type: Scalar, length?: number]>
    >;
  } | null;
}

/** A kernel ready to compile: its files put together, with its constants chosen. */
export interface Kernel {
  readonly name: string;
  /** Unique per choice of constants. */
  readonly key: string;
  readonly source: string;
  readonly files: readonly ShaderFile[];
  readonly bindings: readonly KernelBinding[];
  readonly params: { readonly size: number; readonly fields: readonly ParamField[] } | null;
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
export function specialize(kernel: KernelSource, constants: Constants = {}): Kernel {
  const key = `${kernel.name}|${Object.entries(constants)
    .map(([name, value]) => `${name}=${value}`)
    .join(",")}`;
  let found = cache.get(key);
  if (!found) {
    const { name, files } = kernel;
    const source = rewrite(kernel, constants);
    found = { name, key, source, files, bindings: bindingsOf(kernel), params: paramsOf(kernel) };
    cache.set(key, found);
  }
  return found;
}

function bindingsOf({ inputs, outputs, params }: KernelSource): KernelBinding[] {
  const bound: Omit<KernelBinding, "binding">[] = [
    ...inputs.map((name) => ({ name, access: "read" }) as const),
    ...outputs.map((name) => ({ name, access: "read_write" }) as const),
    ...(params ? [{ name: "params", access: "uniform" } as const] : []),
  ];
  return bound.map((one, binding) => ({ ...one, binding }));
}

function paramsOf({ params }: KernelSource): Kernel["params"] {
  if (!params) return null;
  const fields = Object.entries(params.fields).map(([name, [offset, type, length = 1]]) => {
    return { name, offset, type, length };
  });
  return { size: params.size, fields };
}

function rewrite({ name, files }: KernelSource, constants: Constants): string {
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
