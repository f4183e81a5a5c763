// A reflected kernel as the arguments of `unpackKernel` (src/gpu/packed_kernel.ts), which says what they mean.
export function packKernel({ name, source, bindings, params }) {
  const words = bindings.map((item, i) => {
    if (item.binding !== i) throw new Error(`${name}.wgsl: bindings must be numbered from 0 on`);
    return item.access === "read_write" ? `${item.name}!` : item.name;
  });
  return [name, source, words.join(" "), params?.size ?? 0, packFields(params?.fields ?? [])];
}

function packFields(fields) {
  let end = 0;
  const words = fields.map(({ name, type, length, offset }) => {
    const place = offset === end ? "" : `@${offset}`;
    end = offset + 4 * length;
    return name + (type === "u32" ? "" : `:${type[0]}`) + (length > 1 ? `*${length}` : "") + place;
  });
  return words.join(" ");
}
