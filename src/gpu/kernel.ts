/** A scalar, vector or array-of-vec4 member of a kernel's `Params` struct. Offsets in bytes. */
export interface ParamField {
  readonly name: string;
  readonly offset: number;
  readonly type: "f32" | "u32" | "i32";
  /** Number of scalars; 1 for a plain scalar. */
  readonly length: number;
}

export interface KernelBinding {
  readonly name: string;
  readonly binding: number;
  readonly access: "read" | "read_write" | "uniform";
}

/** One WGSL file with what build-time reflection read from it (tools/wgsl_plugin.mjs). */
export interface KernelSource {
  readonly name: string;
  readonly source: string;
  readonly bindings: readonly KernelBinding[];
  readonly params: { readonly size: number; readonly fields: readonly ParamField[] } | null;
}

/** A kernel ready to compile: a source with its constants chosen. `key` is unique per choice. */
export interface Kernel extends KernelSource {
  readonly key: string;
}

export type Constants = Readonly<Record<string, number | boolean | string>>;

const cache = new Map<string, Kernel>();

/**
 * Rewrites the initialisers of top-level `const NAME: type = value;` and `alias NAME = type;`
 * declarations, so that every file stays valid WGSL as written.
 *
 * `override` can't size register arrays and can't choose a type, which is why constants are
 * rewritten in the text. Choosing `f16`, or a vector of it, for an alias adds `enable f16;`.
 *
 * @throws Error naming the kernel and the constant when the file declares no such name.
 */
export function specialize(kernel: KernelSource, constants: Constants = {}): Kernel {
  const key = `${kernel.name}|${Object.entries(constants)
    .map(([name, value]) => `${name}=${value}`)
    .join(",")}`;
  let found = cache.get(key);
  if (!found) {
    found = { ...kernel, key, source: rewrite(kernel, constants) };
    cache.set(key, found);
  }
  return found;
}

function rewrite(kernel: KernelSource, constants: Constants): string {
  let source = kernel.source;
  for (const [name, value] of Object.entries(constants)) {
    const declaration = new RegExp(
      `(?<=^|[;}])(const ${name}(?:: *(\\w+))? *= *|alias ${name} *= *)[^;]+;`,
      "m",
    );
    const match = declaration.exec(source);
    if (!match) throw new Error(`${kernel.name}.wgsl declares no constant or alias named ${name}`);
    source = source.replace(declaration, `${match[1]}${literal(value, match[2])};`);
  }
  const needsF16 = Object.values(constants).some((value) => /\bf16\b/.test(`${value}`));
  return needsF16 ? `enable f16;\n${source}` : source;
}

function literal(value: number | boolean | string, type: string | undefined): string {
  if (typeof value !== "number") return String(value);
  if (type === "u32") return `${value}u`;
  if (type === "f32") return Number.isInteger(value) ? `${value}.0` : String(value);
  return String(value);
}
