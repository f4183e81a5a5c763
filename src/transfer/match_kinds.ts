import { type Shape, sameShape } from "../base/index.ts";

/** A tensor's name and shape, in the order of its model or file. */
export interface Named {
  readonly name: string;
  readonly shape: Shape;
}

/** The tensors of a layer by their names within it: weight, bias, running_mean … */
type Layer = ReadonlyMap<string, Named>;

/**
 * Pairs the first convolution with the first convolution, the second norm with the second norm, and so on: for files that
 * list their layers by class, as Keras 3 does. A kind counts where both have as many layers of it and all shapes agree;
 * only the last linear layer, another head's, may differ. At least two weights of more than one dimension must agree.
 */
export function pairsByKind(
  model: readonly Named[],
  file: readonly Named[],
): [name: string, source: string][] {
  const [ours, theirs] = [kindsOf(model), kindsOf(file)];
  const pairs: [string, string][] = [];
  let convincing = 0;
  for (const [kind, layers] of ours) {
    const others = theirs.get(kind) ?? [];
    if (layers.length !== others.length) continue;
    const agreeing = layers.filter((layer, i) => agree(layer, others[i]!)).length;
    const isHead = kind.startsWith("linear") && !agree(layers.at(-1)!, others.at(-1)!);
    if (agreeing < layers.length - (isHead ? 1 : 0)) continue;
    for (const [i, layer] of layers.slice(0, agreeing).entries()) {
      for (const [role, { name, shape }] of layer) {
        if (shape.length > 1) convincing++;
        pairs.push([name, others[i]!.get(role)!.name]);
      }
    }
  }
  return convincing >= 2 ? pairs : [];
}

function agree(layer: Layer, other: Layer): boolean {
  return [...layer].every(([role, { shape }]) => sameShape(shape, other.get(role)?.shape ?? []));
}

/** Layers in order, by kind. Those of one kind have tensors of the same names and ranks. */
function kindsOf(tensors: readonly Named[]): Map<string, Layer[]> {
  const layers = new Map<string, Map<string, Named>>();
  for (const tensor of tensors) {
    const dot = tensor.name.lastIndexOf(".");
    const role = tensor.name.slice(dot + 1);
    if (dot < 0 || role === "num_batches_tracked") continue;
    const path = tensor.name.slice(0, dot);
    layers.set(path, (layers.get(path) ?? new Map()).set(role, tensor));
  }
  const kinds = new Map<string, Layer[]>();
  for (const layer of layers.values()) {
    const kind = kindOf(layer);
    kinds.set(kind, [...(kinds.get(kind) ?? []), layer]);
  }
  return kinds;
}

function kindOf(layer: Layer): string {
  const [rank, inputs] = [layer.get("weight")?.shape.length, layer.get("weight")?.shape[1]];
  const convolution = inputs === 1 ? "depthwise" : "convolution";
  const what = rank === 4 ? convolution : rank === 2 ? "linear" : "other";
  const parts = [...layer].map(([role, { shape }]) => `${role}:${shape.length}`).sort();
  return `${what} ${parts.join(" ")}`;
}
