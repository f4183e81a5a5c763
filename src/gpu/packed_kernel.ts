import type { KernelBinding, KernelSource, ParamField } from "./kernel.ts";

const TYPES = { u: "u32", i: "i32", f: "f32" } as const;

/**
 * A kernel as builds write it (tools/pack_kernel.mjs), to be smaller to download.
 *
 * @param bindings names in the order of their numbers; `!` marks those that are written, and the uniform is `params`.
 * @param size bytes of the parameters; 0 for none.
 * @param fields `name`, for all but u32 with `:` and the type's letter, for several scalars with `*` and their
 *   number, and with `@` and the offset where it isn't the end of the field before.
 */
/* @__NO_SIDE_EFFECTS__ */
export function unpackKernel(
  name: string,
  source: string,
  bindings: string,
  size: number,
  fields: string,
): KernelSource {
  const params = size > 0 ? { size, fields: unpackFields(fields) } : null;
  return { name, source, bindings: bindings.split(" ").map(unpackBinding), params };
}

function unpackBinding(word: string, binding: number): KernelBinding {
  const name = word.replace("!", "");
  if (name === "params") return { name, binding, access: "uniform" };
  return { name, binding, access: name === word ? "read" : "read_write" };
}

function unpackFields(fields: string): ParamField[] {
  let end = 0;
  return fields.split(" ").map((word) => {
    const [name, letter = "u", count = 1, at = end] = ["", ":", "\\*", "@"].map(
      (mark) => new RegExp(`${mark || "^"}(\\w+)`).exec(word)?.[1],
    );
    const [length, offset] = [Number(count), Number(at)];
    end = offset + 4 * length;
    return { name: name ?? "", offset, type: TYPES[letter as keyof typeof TYPES], length };
  });
}
