import { printable } from "../errors.ts";
import type { NetworkBuilder } from "../graph/builder.ts";
import { denseWeight, type FlatOrder } from "../graph/flat_order.ts";
import type { WeightRole } from "../graph/network_graph.ts";
import { grouped } from "../grouped.ts";
import type { WeightTensor } from "../types.ts";
import { depthwiseToOihw, hwioToOihw } from "./config/conv.ts";
import { type FlattenedInputs, flattenedInputs, isDepthwise, type LooseLayers } from "./guess.ts";
import { leftOutNotes } from "./left_out.ts";
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
  const loose = [...weights.all()].filter(({ tensor }) => !taken.has(tensor.name));
  const others = loose.filter((named) => !isMetricState(named));
  builder.notes.push(...leftOutNotes({ metrics: loose.length - others.length }));
  const layers = grouped(others.map((named) => [named.layer, named] as const));
  // Theano's order is ours already.
  const isAlone = taken.size === 0 && weights.kernels !== "flipped";
  const flattened = isAlone ? flattenedInputs(layers) : undefined;
  if (isAlone) noteOrder(layers, flattened, builder);
  for (const [layer, group] of layers) {
    for (const [wanted, tensor] of inOurLayout(layer, group, flattened)) {
      const name = builder.tensors.has(wanted) ? tensor.name : wanted;
      builder.tensors.set(name, { ...tensor, name, originalName: tensor.name });
    }
  }
}

/** What Keras has summed up of a metric or loss ("total", "count_1", "accuracy/total"), or counted in a layer. */
function isMetricState({ role, tensor }: NamedTensor): boolean {
  return tensor.shape.length === 0 && /^(total|count)(_\d+)?$/.test(role);
}

type Loose = readonly [name: string, tensor: WeightTensor];

function noteOrder(
  layers: LooseLayers,
  flattened: FlattenedInputs | undefined,
  builder: NetworkBuilder,
): void {
  const isDense = ({ tensor }: NamedTensor) => tensor.shape.length === 2;
  if (![...layers.values()].flat().some(isDense)) return;
  builder.notes.push(
    flattened
      ? `The file holds no network: the inputs of "${printable(flattened.layer)}" were taken for a flattened map of ` +
          `${flattened.channels} channels and put in the order channels, height, width.`
      : "The file holds no network: if a dense layer stands behind a flattened map, its inputs are still in the " +
          "order height, width, channels.",
  );
}

function inOurLayout(
  layer: string,
  group: readonly NamedTensor[],
  flattened: FlattenedInputs | undefined,
): Loose[] {
  const guessed = group.every(({ role }) => !(role in TORCH_ROLES))
    ? rolesByShape(group)
    : undefined;
  const order = flattened?.layer === layer ? flattened.order : undefined;
  const isSeparable = group.some(({ role }) => POINTWISE.has(role));
  const depthwise = !isSeparable && isDepthwise(layer, group);
  return group.map(({ role, tensor }, i): Loose => {
    const known = guessed?.[i] ?? TORCH_ROLES[role];
    // The same names as where a configuration tells of the two convolutions.
    const part = DEPTHWISE.has(role) ? "_depthwise" : "_pointwise";
    const name = `${layer}${isSeparable ? part : ""}.${known ?? role}`;
    if (known !== "weight") return [name, tensor];
    return [name, kernel(tensor, DEPTHWISE.has(role) || depthwise, order)];
  });
}

/** Keras's names, and face-api.js's. */
const DEPTHWISE: ReadonlySet<string> = new Set([
  "depthwise_kernel",
  "depthwise_filter",
  "depthwise_weights",
]);
const POINTWISE: ReadonlySet<string> = new Set(["pointwise_kernel", "pointwise_filter"]);

const TORCH_ROLES: Readonly<Record<string, WeightRole>> = Object.assign(
  Object.create(null),
  Object.fromEntries([
    ...[...ROLE_NAMES.kernel, ...ROLE_NAMES.gamma, ...DEPTHWISE, ...POINTWISE].map((name) => [
      name,
      "weight",
    ]),
    ...["filters", "weights"].map((name) => [name, "weight"]),
    ...[...ROLE_NAMES.bias, ...ROLE_NAMES.beta, "biases"].map((name) => [name, "bias"]),
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

function kernel(tensor: WeightTensor, isDepthwise: boolean, order?: FlatOrder): WeightTensor {
  const rank = tensor.shape.length;
  if (rank === 4) return isDepthwise ? depthwiseToOihw(tensor) : hwioToOihw(tensor);
  return rank === 2 ? denseWeight(tensor, { order }) : tensor;
}
