import type { NetworkBuilder, Value } from "./builder.ts";

/** Adds a layer that clamps a value between two numbers, either of which may be infinite. */
export function addClamp(
  builder: NetworkBuilder,
  name: string,
  value: Value,
  min: number,
  max: number,
): Value {
  if (min === 0 && max === 6) return builder.add("relu6", name, [value], {});
  if (min === 0 && max >= 3e38) return builder.add("relu", name, [value], {});
  // Infinity can't be kept in JSON, and float32 has nothing larger.
  const bounds = { min: Math.max(min, -3.4e38), max: Math.min(max, 3.4e38) };
  return builder.add("clamp", name, [value], bounds);
}

/** Adds max(0, min(1, scale · x + offset)); PyTorch's is that of 1/6 and 1/2. */
export function addHardSigmoid(
  builder: NetworkBuilder,
  name: string,
  value: Value,
  scale: number,
  offset: number,
): Value {
  if (Math.abs(scale - 1 / 6) < 1e-6 && offset === 0.5) {
    return builder.add("hardsigmoid", name, [value], {});
  }
  const attrs = { scale: [scale], offset: [offset] };
  const line = builder.add("rescale", `${name}_line`, [value], attrs);
  return builder.add("clamp", name, [line], { min: 0, max: 1 });
}
