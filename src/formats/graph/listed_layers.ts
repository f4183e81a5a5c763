import { printable } from "../errors.ts";
import { grouped } from "../grouped.ts";

/** A layer that can't be read or written. */
export interface RefusedLayer {
  readonly name: string;
  /** Its kind, in the file's word or ours. */
  readonly type: string;
  readonly why: string;
}

/** A network of many blocks has the same trouble in each: more kinds of it than this nobody reads. */
const MOST_LINES = 100;

/** "3 layers can't be built" and a line for each kind of trouble, with how often it occurs. */
export function listedLayers(layers: readonly RefusedLayer[], done: "built" | "written"): string {
  const alike = grouped(layers.map((layer) => [JSON.stringify([layer.type, layer.why]), layer]));
  const lines = [...alike.values()].slice(0, MOST_LINES).map(([{ name, type, why }, ...others]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `\n  ${printable(name)}${more} (${printable(type)}): ${why}`;
  });
  const count = layers.length === 1 ? "1 layer" : `${layers.length} layers`;
  return `${count} can't be ${done}:${lines.join("")}`;
}
