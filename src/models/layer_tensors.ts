import type { NamedShape } from "./spec.ts";

/** Names and shapes of a convolution's tensors; `shape` is its weight's [out, in / groups, height, width]. */
export function convTensors(
  name: string,
  shape: readonly [number, number, number, number],
  options: { bias: boolean } = { bias: true },
): NamedShape[] {
  const bias: NamedShape[] = options.bias ? [[`${name}.bias`, [shape[0]]]] : [];
  return [[`${name}.weight`, shape], ...bias];
}

/** Names and shapes of a batch normalisation's tensors. */
export function normTensors(name: string, channels: number): NamedShape[] {
  return ["weight", "bias", "running_mean", "running_var"].map(
    (role): NamedShape => [`${name}.${role}`, [channels]],
  );
}

/** Of a chain of a convolution without bias ("0") and its batch normalisation ("1"). */
export function convNormTensors(
  name: string,
  shape: readonly [number, number, number, number],
): NamedShape[] {
  return [
    ...convTensors(`${name}.0`, shape, { bias: false }),
    ...normTensors(`${name}.1`, shape[0]),
  ];
}

/** Of a linear layer with a bias. */
export function linearTensors(name: string, inputs: number, outputs: number): NamedShape[] {
  return [
    [`${name}.weight`, [outputs, inputs]],
    [`${name}.bias`, [outputs]],
  ];
}

/** Of a layer normalisation. */
export function layerNormTensors(name: string, features: number): NamedShape[] {
  return [
    [`${name}.weight`, [features]],
    [`${name}.bias`, [features]],
  ];
}
