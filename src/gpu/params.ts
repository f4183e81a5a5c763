import type { Kernel } from "./kernel.ts";

export type ParamValue = number | readonly number[];
export type Params = Readonly<Record<string, ParamValue>>;

/**
 * Writes `values` into `view` at `base`, by name, as the kernel's `Params` struct lays them out.
 * @throws Error naming a missing or an unknown parameter.
 */
export function packParams(kernel: Kernel, values: Params, view: DataView, base: number): void {
  const fields = kernel.params?.fields ?? [];
  for (const { name, offset, type, length } of fields) {
    const value = values[name];
    if (value === undefined) throw new Error(`${kernel.name}: parameter ${name} is missing`);
    if (typeof value === "number") writeScalar(view, base + offset, type, value);
    else
      for (let i = 0; i < length; i++)
        writeScalar(view, base + offset + 4 * i, type, value[i] ?? 0);
  }
  if (Object.keys(values).length !== fields.length) {
    const unknown = Object.keys(values).filter(
      (name) => !fields.some((field) => field.name === name),
    );
    throw new Error(`${kernel.name}: unknown parameter ${unknown.join(", ")}`);
  }
}

function writeScalar(
  view: DataView,
  offset: number,
  type: "f32" | "u32" | "i32",
  value: number,
): void {
  if (type === "f32") view.setFloat32(offset, value, true);
  else if (type === "u32") view.setUint32(offset, value, true);
  else view.setInt32(offset, value, true);
}
