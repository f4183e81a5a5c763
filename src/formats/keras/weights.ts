import type { WeightTensor } from "../types.ts";

/** Where a layer stands in its model: what the ways of storing weights need to find it. */
export interface LayerPlace {
  readonly name: string;
  /** Names of the models it lies in, outermost first, without the file's own model. */
  readonly models: readonly string[];
  /** Its place in Keras 3's weight files: "layers/conv2d_1", inside a model "layers/functional/layers/dense". */
  readonly path: string;
}

/** A tensor as the file holds it, with what the file calls it inside its layer: "kernel", or "0" in Keras 3. */
export interface NamedTensor {
  readonly role: string;
  readonly tensor: WeightTensor;
}

/** The weights of a Keras or TF.js file, layer by layer. */
export interface KerasWeights {
  /** The layer's tensors in the file's order; empty when it has none. */
  of(place: LayerPlace): readonly NamedTensor[];
  /** Every tensor of the file with the layer it seems to belong to, for what no layer of the network asked for. */
  all(): Iterable<NamedTensor & { readonly layer: string }>;
  /** How the kernels of convolutions lie, where it isn't how Keras lays them out. */
  readonly kernels?: "flipped";
}

/** The names that a role has had: Keras 1's, 2's and 3's. */
export const ROLE_NAMES = {
  kernel: ["kernel", "W"],
  bias: ["bias", "b"],
  depthwise: ["depthwise_kernel", "kernel"],
  pointwise: ["pointwise_kernel"],
  gamma: ["gamma"],
  beta: ["beta"],
  mean: ["moving_mean", "running_mean", "mean"],
  variance: ["moving_variance", "running_std", "variance"],
  alpha: ["alpha"],
  scale: ["scale"],
} as const;

const KNOWN_NAMES: ReadonlySet<string> = new Set(Object.values(ROLE_NAMES).flat());

export type KerasRole = keyof typeof ROLE_NAMES;

/**
 * Finds the tensors of some roles among those of a layer: by their names, or, where these say nothing ("0",
 * "block1_conv1_W_1"), by their places, which is how Keras itself finds them.
 *
 * @param roles those that the layer has, in Keras's order.
 * @returns undefined when the layer has another number of tensors, or other ones.
 */
export function pickWeights<R extends KerasRole>(
  found: readonly NamedTensor[],
  roles: readonly R[],
): Record<R, WeightTensor> | undefined {
  const byName = roles.map((role) => {
    const names: readonly string[] = ROLE_NAMES[role];
    return found.find((candidate) => names.includes(candidate.role));
  });
  const complete = byName.filter((candidate) => candidate !== undefined);
  const isNamed = complete.length === roles.length && new Set(complete).size === roles.length;
  const saysNothing = !found.some(({ role }) => KNOWN_NAMES.has(role));
  if (!isNamed && !(saysNothing && found.length === roles.length)) return undefined;
  const chosen = isNamed ? complete : found;
  const picked: Partial<Record<KerasRole, WeightTensor>> = {};
  roles.forEach((role, i) => {
    picked[role] = chosen[i].tensor;
  });
  return picked as Record<R, WeightTensor>;
}
