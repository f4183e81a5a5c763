import type { NetworkBuilder } from "../architecture/builder.ts";
import { denseWeight } from "../architecture/flat_order.ts";
import type { WeightRole } from "../architecture.ts";
import type { WeightTensor } from "../types.ts";
import { depthwiseToOihw, hwioToOihw } from "./config/conv.ts";
import { type KerasWeights, type NamedTensor, ROLE_NAMES } from "./weights.ts";

/**
 * Takes the tensors that no layer of a configuration asked for: all of them, where the file holds weights only. What
 * they are is told by their names or else by their shapes and places.
 */
export function takeLooseTensors(
  weights: KerasWeights,
  taken: ReadonlySet<string>,
  builder: NetworkBuilder,
): void {
  const layers = new Map<string, NamedTensor[]>();
  for (const { layer, ...named } of weights.all()) {
    if (taken.has(named.tensor.name)) continue;
    const group = layers.get(layer);
    if (group) group.push(named);
    else layers.set(layer, [named]);
  }
  const isAlone = taken.size === 0;
  if (isAlone && [...layers.values()].flat().some(({ tensor }) => tensor.shape.length === 2)) {
    builder.notes.push(
      "The file holds no network: if a dense layer stands behind a flattened map, its inputs are still in the order " +
        "height, width, channels.",
    );
  }
  for (const [layer, group] of layers) {
    for (const [role, tensor] of inOurLayout(group)) {
      const wanted = `${layer}.${role}`;
      const name = builder.tensors.has(wanted) ? tensor.name : wanted;
      builder.tensors.set(name, { ...tensor, name, originalName: tensor.name });
    }
  }
}

type Loose = readonly [role: string, tensor: WeightTensor];

function inOurLayout(group: readonly NamedTensor[]): Loose[] {
  const guessed = group.every(({ role }) => !(role in TORCH_ROLES))
    ? rolesByShape(group)
    : undefined;
  return group.map(({ role, tensor }, i): Loose => {
    const known = guessed?.[i] ?? TORCH_ROLES[role];
    if (known === undefined) return [role, tensor];
    return [known, known === "weight" ? kernel(tensor, role) : tensor];
  });
}

const TORCH_ROLES: Readonly<Record<string, WeightRole>> = Object.assign(
  Object.create(null),
  Object.fromEntries([
    ...[...ROLE_NAMES.kernel, ...ROLE_NAMES.depthwise, ...ROLE_NAMES.gamma].map((name) => [
      name,
      "weight",
    ]),
    ...[...ROLE_NAMES.bias, ...ROLE_NAMES.beta].map((name) => [name, "bias"]),
    ...["moving_mean", "running_mean"].map((name) => [name, "running_mean"]),
    ...["moving_variance", "running_std"].map((name) => [name, "running_var"]),
  ]),
);

const BATCH_NORM: readonly WeightRole[] = ["weight", "bias", "running_mean", "running_var"];

/** A kernel and perhaps a bias, or the four vectors of a batch norm. */
function rolesByShape(group: readonly NamedTensor[]): readonly WeightRole[] | undefined {
  const ranks = group.map(({ tensor }) => tensor.shape.length).join();
  if (["2", "4", "2,1", "4,1"].includes(ranks)) return ["weight", "bias"];
  return ranks === "1,1,1,1" ? BATCH_NORM : undefined;
}

function kernel(tensor: WeightTensor, role: string): WeightTensor {
  const rank = tensor.shape.length;
  if (rank === 4) return role === "depthwise_kernel" ? depthwiseToOihw(tensor) : hwioToOihw(tensor);
  return rank === 2 ? denseWeight(tensor) : tensor;
}
