// A reflected kernel as the arguments of `unpackKernel` (src/gpu/packed_kernel.ts), which says what they mean: its
// shader made small, without the declarations of tensors and parameters, which `unpackKernel` writes again.
import { minifyWgsl } from "./minify_wgsl.mjs";
import { bindingTypes, withoutComments, withoutInterface } from "./wgsl_text.mjs";

/** Names by place; the same as in src/gpu/packed_kernel.ts. */
const TENSORS = "BDFGHJKN";
const FIELDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PARAMS = "P";
const STRUCT = "Z";

export function packKernel({ name, source, bindings, params }) {
  const plain = withoutComments(source);
  const types = bindingTypes(plain);
  const words = bindings.map(({ name: tensor, binding, access }, i) => {
    if (binding !== i) throw new Error(`${name}.wgsl: bindings must be numbered from 0 on`);
    if (access === "uniform") return tensor;
    const element = /^array<(.*)>$/.exec(types.get(tensor))[1].replace(/\s/g, "");
    return tensor + (access === "read_write" ? "!" : "") + (element === "T" ? "" : `:${element}`);
  });
  const body = withoutInterface(renamed(name, plain, bindings, params?.fields ?? []));
  return [name, minifyWgsl(body), words.join(" "), params?.size ?? 0, packFields(params)];
}

/** The shader with its tensors and parameters named by their place. */
function renamed(name, source, bindings, fields) {
  if (bindings.length > TENSORS.length + 1 || fields.length > FIELDS.length)
    throw new Error(`${name}.wgsl has more tensors or parameters than there are names for`);
  const taken = new RegExp(`\\b[${TENSORS}${PARAMS}${STRUCT}]\\b`).exec(source);
  if (taken) throw new Error(`${name}.wgsl: rename ${taken[0]}, which packed shaders use`);
  const members = new Map(fields.map((field, i) => [field.name, FIELDS[i]]));
  const tensors = new Map(
    bindings.map(({ name: tensor, access }, i) => [
      tensor,
      access === "uniform" ? PARAMS : TENSORS[i],
    ]),
  );
  return source
    .replace(/\bparams\s*\.\s*(\w+)/g, (_, field) => `params.${members.get(field)}`)
    .replace(/(?<![.\w])[A-Za-z_]\w*/g, (word) => tensors.get(word) ?? word);
}

function packFields(params) {
  let end = 0;
  const words = (params?.fields ?? []).map(({ name, type, length, offset }) => {
    const place = offset === end ? "" : `@${offset}`;
    end = offset + 4 * length;
    return name + (type === "u32" ? "" : `:${type[0]}`) + (length > 1 ? `*${length}` : "") + place;
  });
  return words.join(" ");
}
