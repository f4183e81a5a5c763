import { currentName } from "./old_names.ts";
import type { ModelSpec, NamedShape, Trunk } from "./spec.ts";
import { modelSpecs } from "./specs.ts";

/** A file's tensors, of which only names and shapes are looked at. */
export interface ShapesByName {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>;
}

/** What a file's tensors are weights of. */
export interface Recognised {
  readonly spec: ModelSpec;
  readonly inChannels: number;
  readonly alpha?: number;
  /**
   * What comes after the features: the network's own classifier, one linear layer where it has hidden ones, nothing, or
   * layers that the network doesn't have.
   */
  readonly top: "own" | "linear" | "none" | "other";
  /** Outputs of the last layer, where `top` is "own" or "linear". */
  readonly numClasses?: number;
  /** The input's side that the classifier is made for, where it fits one only. */
  readonly inputSize?: number;
}

/**
 * The network that a file of tensors belongs to, null where none is surely meant: all tensors before the classifier must
 * be there in its shapes, and no others among them, under the network's names (or under any, where names don't matter).
 * What comes after them may be something else: see `top`.
 */
export function specOf(
  file: ShapesByName,
  specs: readonly ModelSpec[] = modelSpecs(),
): Recognised | null {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, { shape }] of file.tensors) {
    if (!name.endsWith("num_batches_tracked")) shapes.set(currentName(name), shape);
  }
  for (const spec of specs) {
    const found = recognise(spec, shapes);
    if (found) return found;
  }
  return null;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

function recognise(spec: ModelSpec, shapes: Shapes): Recognised | null {
  if (!spec.trunk) return null;
  const [first] = spec.trunk({ inChannels: 3, alpha: 1 }).tensors[0];
  const prefixes = [...shapes.keys()]
    .filter((name) => name === first || name.endsWith(`.${first}`))
    .map((name) => name.slice(0, -first.length));
  for (const prefix of prefixes) {
    const inChannels = shapes.get(prefix + first)?.[1] ?? 3;
    const shapeOf = (name: string) => shapes.get(prefix + name);
    for (const alpha of spec.alphas ? spec.alphas(shapeOf) : [1]) {
      const trunk = spec.trunk({ inChannels, alpha });
      if (!trunk.tensors.every(([name, shape]) => same(shapeOf(name), shape))) continue;
      const own = new Set(trunk.tensors.map(([name]) => prefix + name));
      const rest = [...shapes].filter(([name]) => !own.has(name));
      // A ResNet with more blocks has all the tensors of a smaller one.
      const parts = new Set(trunk.tensors.map(([name]) => prefix + name.split(".")[0]));
      if (rest.some(([name]) => parts.has(partOf(name, prefix)))) continue;
      return { spec, inChannels, ...(spec.alphas && { alpha }), ...topOf(spec, trunk, rest) };
    }
  }
  return spec.anyNames ? recogniseByShapes(spec, spec.trunk, shapes) : null;
}

/** "module.layer1.0.conv1.weight" → "module.layer1" */
function partOf(name: string, prefix: string): string {
  return prefix + name.slice(prefix.length).split(".")[0];
}

/** By the shapes alone: as many of each as the trunk has, those of linear layers left to the classifier. */
function recogniseByShapes(
  spec: ModelSpec,
  trunkOf: NonNullable<ModelSpec["trunk"]>,
  shapes: Shapes,
): Recognised | null {
  const inChannels = [...shapes.values()].find(({ length }) => length === 4)?.[1] ?? 3;
  const trunk = trunkOf({ inChannels, alpha: 1 });
  const isTop = headLayers(shapes);
  const found = [...shapes].filter(([name]) => !isTop(name)).map(([, shape]) => shape.join());
  const wanted = trunk.tensors.map(([, shape]) => shape.join());
  if (found.sort().join(" ") !== wanted.sort().join(" ")) return null;
  return {
    spec,
    inChannels,
    ...topOf(
      spec,
      trunk,
      [...shapes].filter(([name]) => isTop(name)),
    ),
  };
}

/** Whether a tensor belongs to a layer whose weight is a matrix. */
function headLayers(shapes: Shapes): (name: string) => boolean {
  const layerOf = (name: string) => name.slice(0, name.lastIndexOf("."));
  const linear = [...shapes].filter(([, { length }]) => length === 2).map(([name]) => name);
  const layers = new Set(linear.map(layerOf));
  return (name) => layers.has(layerOf(name));
}

type Top = Pick<Recognised, "top" | "numClasses" | "inputSize">;

/** What the tensors after the trunk are. */
function topOf(spec: ModelSpec, { channels }: Trunk, rest: readonly NamedShape[]): Top {
  if (rest.length === 0) return { top: "none" };
  const weights = inOrder(rest.filter(([, { length }]) => length > 1)).map(([, shape]) => shape);
  const vectors = rest.filter(([, { length }]) => length === 1);
  const expected = weights.length + (spec.topNorm ? 2 : 0);
  const [first] = weights;
  const side = Math.sqrt((first?.[1] ?? 0) / channels);
  const flat = weights.every(([, , height = 1, width = 1]) => height === 1 && width === 1);
  const fits =
    flat && side >= 1 && Number.isInteger(side) && (spec.sizeOfMap !== undefined || side === 1);
  const chained = weights.every(([, inputs], i) => i === 0 || inputs === weights[i - 1][0]);
  if (!fits || !chained || vectors.length !== expected) return { top: "other" };
  const hidden = weights.slice(0, -1).map(([outputs]) => outputs);
  const own = same(hidden, spec.hidden);
  if (!own && hidden.length > 0) return { top: "other" };
  return {
    top: own ? "own" : "linear",
    numClasses: weights.at(-1)?.[0],
    ...(spec.sizeOfMap && { inputSize: spec.sizeOfMap(side) }),
  };
}

/** Files may list "classifier.6" and "classifier.10" by the alphabet. */
function inOrder(tensors: readonly NamedShape[]): NamedShape[] {
  return [...tensors].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
}

function same(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a?.join() === b.join();
}
