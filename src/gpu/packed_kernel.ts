import type { KernelBinding, KernelSource, ParamField } from "./kernel.ts";

const TYPES = { u: "u32", i: "i32", f: "f32" } as const;
/** What tensors and parameters are called in the text, by their place; the same as in tools/pack_kernel.mjs. */
const TENSORS = "BDFGHJKN";
const FIELDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * A kernel as builds write it (tools/pack_kernel.mjs), to be smaller to download.
 *
 * @param body the shader without the declarations of tensors and parameters.
 * @param bindings names in the order of their numbers, with `!` those that are written, and then `:` and the
 *   type of their elements unless it is T. The uniform is `params`.
 * @param size bytes of the parameters; 0 for none.
 * @param fields `name`, for all but u32 with `:` and the type's letter, for several scalars with `*` and their
 *   number, and with `@` and the offset where it isn't the end of the field before.
 */
/* @__NO_SIDE_EFFECTS__ */
export function unpackKernel(
  name: string,
  body: string,
  bindings: string,
  size: number,
  fields: string,
): KernelSource {
  const params = size > 0 ? { size, fields: unpackFields(fields) } : null;
  const words = bindings.split(" ");
  let source = body;
  const unpacked = words.map((word, binding): KernelBinding => {
    const [, tensor = "", written, element = "T"] = /(\w+)(!?)(?::(.*))?/.exec(word) ?? [];
    const place = `\n@group(0) @binding(${binding}) var`;
    if (tensor === "params") {
      source += `${place}<uniform> P: Z;`;
      return { name: tensor, binding, access: "uniform" };
    }
    const access = written ? "read_write" : "read";
    source += `${place}<storage, ${access}> ${TENSORS[binding]}: array<${element}>;`;
    return { name: tensor, binding, access };
  });
  if (params) source += structOf(params.fields);
  return { name, source, bindings: unpacked, params };
}

function structOf(fields: readonly ParamField[]): string {
  const members = fields.map(({ type, length }, i) => `${FIELDS[i]}: ${typeOf(type, length)}`);
  return `\nstruct Z { ${members.join(", ")} }`;
}

function typeOf(scalar: string, length: number): string {
  if (length > 4) return `array<vec4<${scalar}>, ${length / 4}>`;
  return length > 1 ? `vec${length}<${scalar}>` : scalar;
}

function unpackFields(fields: string): ParamField[] {
  let end = 0;
  return fields.split(" ").map((word) => {
    const [, name = "", letter = "u", count = 1, at = end] =
      /(\w+)(?::(\w))?(?:\*(\d+))?(?:@(\d+))?/.exec(word) ?? [];
    const [length, offset] = [Number(count), Number(at)];
    end = offset + 4 * length;
    return { name, offset, type: TYPES[letter as keyof typeof TYPES], length };
  });
}
