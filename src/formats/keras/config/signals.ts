import { ownValue } from "../../json.ts";
import type { LayerRule } from "./context.ts";
import type { KerasModel } from "./model.ts";

// Layers over signals [length, channels]: those over maps of one row.

/** Whether a model has layers over signals, so that two sides of a value are length and channels. */
export function hasSignals({ layers }: KerasModel): boolean {
  return layers.some(
    ({ className, model }) => className.endsWith("1D") || (model && hasSignals(model)),
  );
}

/** Settings of a window's one side, and what they are for two. */
const LENGTHS = ["strides", "dilation_rate", "pool_size", "size"];
/** Settings of both ends. */
const ENDS = ["padding", "cropping"];

/** The rule of a layer over maps for the same one over signals. */
export const inOneRow =
  (rule: LayerRule): LayerRule =>
  (use, context) => {
    const { config } = use.fields;
    const widened: Record<string, unknown> = { pool_size: [1, 2], size: [1, 2] };
    for (const [key, value] of Object.entries(config)) {
      if (LENGTHS.includes(key)) widened[key] = value === null ? null : [1, lengthOf(value)];
      else if (ENDS.includes(key) && typeof value !== "string")
        widened[key] = [[0, 0], endsOf(value)];
      else widened[key] = ownValue(config, key);
    }
    return rule({ ...use, fields: use.fields.of(widened), isSignal: true }, context);
  };

/** One number, also as a list. */
function lengthOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function endsOf(value: unknown): unknown {
  return Array.isArray(value) ? value : [value, value];
}
