/**
 * What a launch must know of a kernel, read from its text: the names of its bindings, and where the members of `params`
 * lie. That takes no parser of WGSL, because kernels keep to what tools/wgsl_plugin.mjs checks when they are built;
 * test/shaders.test.ts compares with what wgsl_reflect reads.
 */

type Scalar = "f32" | "u32" | "i32";

export interface KernelBinding {
  readonly name: string;
  readonly binding: number;
  readonly access: "read" | "read_write" | "uniform";
}

/** A scalar, vector or array-of-vec4 member of a kernel's `Params` struct. Offsets in bytes. */
export interface ParamField {
  readonly name: string;
  readonly offset: number;
  readonly type: Scalar;
  /** Number of scalars; 1 for a plain scalar. */
  readonly length: number;
}

export interface ParamLayout {
  /** In bytes, in whole units of 16. */
  readonly size: number;
  readonly fields: readonly ParamField[];
}

/** The bindings in order: tensors that are read, tensors that are written, `params`. */
export function bindingsOf(source: string): KernelBinding[] {
  const declared = source.matchAll(/@binding\((\d+)\) var<(?:storage, )?(\w+)> (\w+)/g);
  const bindings = Array.from(declared, ([, binding, access, name]) => {
    return { name: name!, binding: Number(binding), access: access as KernelBinding["access"] };
  });
  return bindings.sort((a, b) => a.binding - b.binding);
}

/** The layout of `params`, whose type is the struct `Params`; null for a kernel without. */
export function paramsOf(source: string): ParamLayout | null {
  const { fields, end } = membersOf(source, "Params", 0);
  return fields.length > 0 ? { size: end, fields } : null;
}

/** A struct's members by the rules for uniforms: structs in it are in whole units of 16 bytes, and count as their members. */
function membersOf(source: string, struct: string, start: number) {
  const [, body = ""] = new RegExp(`struct ${struct} {([^}]*)`).exec(source) ?? [];
  // `name: u32`, `name: vec4<u32>`, `name: array<vec4<u32>, 2>`, `name: Window`
  const members = body.matchAll(/(\w+): (?:array<)?(?:vec(\d)<)?(\w+)(?:>, (\d))?/g);
  const fields: ParamField[] = [];
  let end = start;
  for (const [, name, width = 1, type, count = 1] of members) {
    if (isScalar(type!)) {
      const length = Number(width) * Number(count);
      const offset = roundUp(end, Math.min(4 * length, 16));
      fields.push({ name: name!, offset, type, length });
      end = offset + 4 * length;
    } else {
      const inner = membersOf(source, type!, roundUp(end, 16));
      fields.push(...inner.fields);
      end = inner.end;
    }
  }
  return { fields, end: roundUp(end, 16) };
}

function isScalar(type: string): type is Scalar {
  return type === "f32" || type === "u32" || type === "i32";
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}
