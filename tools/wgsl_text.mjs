// What pack_kernel.mjs and minify_wgsl.mjs read from a shader's text.
const BINDING = /@group\(0\)\s*@binding\(\d+\)\s*var\s*<[^>]*>\s*(\w+)\s*:\s*([^;]+);/g;

export const withoutComments = (source) => source.replace(/\/\/[^\n]*/g, "");

/** The types of tensors and of `params`, by name. */
export function bindingTypes(source) {
  return new Map([...source.matchAll(BINDING)].map(([, name, type]) => [name, type]));
}

/** The shader without its declarations of tensors and parameters. */
export function withoutInterface(source) {
  return source.replace(BINDING, "").replace(/struct Params\s*{[^}]*}/, "");
}
