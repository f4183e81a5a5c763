import { type FlatOrder, flattenedMap } from "../graph/flat_order.ts";
import type { WeightTensor } from "../types.ts";
import type { NamedTensor } from "./weights.ts";

/** Layers with their tensors, as a file of weights alone lists them. */
export type LooseLayers = ReadonlyMap<string, readonly NamedTensor[]>;

/**
 * Whether a kernel of four dimensions is a depthwise one, [h, w, channels, multiplier], where neither
 * its role nor a configuration says so: by its bias, which has one number per output, by the layer's
 * name, or because nothing else has a single output from many channels and no bias.
 */
export function isDepthwise(layer: string, group: readonly NamedTensor[]): boolean {
  const kernel = group.find(({ tensor }) => tensor.shape.length === 4)?.tensor;
  if (!kernel) return false;
  const [, , channels, last] = kernel.shape as [number, number, number, number];
  const vectors = group.filter(({ tensor }) => tensor.shape.length === 1);
  const [bias] = vectors.length === 1 ? vectors : [];
  const outputs = bias?.tensor.shape[0];
  if (outputs !== undefined && channels > 1) return outputs === channels * last;
  return /depthwise|(^|_)dw(_|\d|$)/i.test(layer) || (last === 1 && channels > 1);
}

export interface FlattenedInputs {
  readonly layer: string;
  readonly channels: number;
  readonly order: FlatOrder;
}

/**
 * Finds the dense layer that stands behind a flattened map, in a file that doesn't describe its
 * network: the first one, when its inputs are a multiple of the channels that the last convolution
 * gives. Keras counts such inputs in the order height, width, channels.
 */
export function flattenedInputs(layers: LooseLayers): FlattenedInputs | undefined {
  const names = [...layers.keys()];
  const at = names.findIndex((name) => kernelOf(layers.get(name)!, 2));
  const dense = at < 0 ? undefined : kernelOf(layers.get(names[at]!)!, 2);
  if (!dense) return undefined;
  const [inputs] = dense.shape as [number];
  const candidates = lastConvolutions(layers, names, at)
    .map((name) => outputsOf(name, layers.get(name)!))
    .filter((channels) => inputs > channels && inputs % channels === 0);
  const [channels, ...others] = new Set(candidates);
  if (channels === undefined || others.length > 0) return undefined;
  const order = flattenedMap(channels, inputs / channels);
  return order && { layer: names[at]!, channels, order };
}

/** The convolution before the dense layer; in files sorted by name, the last one of each class. */
function lastConvolutions(layers: LooseLayers, names: readonly string[], dense: number): string[] {
  const convolutions = (some: readonly string[]) =>
    some.filter((name) => kernelOf(layers.get(name)!, 4));
  const isSorted = [...layers.values()].flat().every(({ role }) => /^\d+$/.test(role));
  if (!isSorted) return convolutions(names.slice(0, dense)).slice(-1);
  const last = new Map<string, string>();
  for (const name of convolutions(names)) {
    const kind = name.replace(/_\d+$/, "");
    const known = last.get(kind);
    if (known === undefined || numberOf(name) > numberOf(known)) last.set(kind, name);
  }
  return [...last.values()];
}

function numberOf(name: string): number {
  return Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
}

function outputsOf(layer: string, group: readonly NamedTensor[]): number {
  const kernels = group.filter(({ tensor }) => tensor.shape.length === 4);
  const { role, tensor } = kernels.at(-1)!;
  const [, , channels, last] = tensor.shape as [number, number, number, number];
  return role === "depthwise_kernel" || isDepthwise(layer, group) ? channels * last : last;
}

function kernelOf(group: readonly NamedTensor[], rank: number): WeightTensor | undefined {
  return group.find(({ tensor }) => tensor.shape.length === rank)?.tensor;
}
