import type { NetworkGraph, WeightFile } from "../../formats/index.ts";
import {
  assumedText,
  assumptionOf,
  describedSpec,
  FROM_FILE,
  findSpec,
  likenessOf,
  type ModelSpec,
  modelSpecs,
  type PixelConvention,
  type Recognised,
  type Replacements,
  specOf,
} from "../../models/index.ts";
import type { NetworkInfo } from "./info.ts";

/** Which network a file holds, and what told it. */
export interface IdentifiedNetwork {
  readonly spec: ModelSpec;
  /** The description that it is built from; none where it goes by a name. */
  readonly graph?: NetworkGraph;
  /** What its tensors are, where only these tell. */
  readonly recognised?: Recognised;
}

/**
 * Which network a file holds: the one that it was saved as, the one that it describes, and only where it says nothing, the
 * one whose tensors it has. null where these don't tell either.
 *
 * @param from the file, for errors.
 * @param info what it was saved with: see `networkInfoIn`.
 * @throws Error for a name that no network has, or a network that isn't for square images; WeightFileError when it is
 *   described with layers that can't be built.
 */
export function identifyNetwork(
  file: WeightFile,
  from: string,
  info: NetworkInfo | null,
  {
    specs = modelSpecs(),
    replace,
  }: { readonly specs?: readonly ModelSpec[]; readonly replace?: Replacements } = {},
): IdentifiedNetwork | null {
  const isNamed = info !== null && info.architecture !== FROM_FILE;
  const graph = info?.graph ?? (isNamed ? undefined : file.graph);
  // Keras' own MobileNet, say, doesn't tell how its pixels were scaled; that it is one does.
  if (graph) return { spec: describedSpec(graph, likenessOf(file, specs)?.input, replace), graph };
  if (info) return { spec: requireSpec(info.architecture, from, specs) };
  if (file.graphError) throw file.graphError;
  const recognised = specOf(file, specs);
  return recognised && { spec: recognised.spec, recognised };
}

/** @throws Error naming the networks there are. */
export function requireSpec(name: string, from: string, specs: readonly ModelSpec[]): ModelSpec {
  const spec = findSpec(name, specs);
  if (spec) return spec;
  if (name === FROM_FILE)
    throw new Error(
      `${from}: it holds no description of its network any more; build the network and use ` +
        "transfer.loadPretrained(model, file)",
    );
  const names = specs.map((known) => known.name).join(", ");
  throw new Error(`${from}: there is no network "${name}"; there are ${names}`);
}

/**
 * What is assumed of how pixels become numbers, where neither the file nor the user says it, as a sentence; null where
 * nothing has to be.
 *
 * @param input what is assumed for a network that goes by a name.
 */
export function assumedPixels(
  file: WeightFile,
  { architecture, graph }: Pick<NetworkInfo, "architecture" | "graph">,
  input: PixelConvention,
  specs?: readonly ModelSpec[],
): string | null {
  return graph && architecture === FROM_FILE
    ? assumptionOf(graph, likenessOf(file, specs))
    : assumedText(input, `as in ${architecture}`);
}

/** Shapes of a file's linear layers [out, in], or of its convolutions [out, in, height, width]. */
export function shapesOfRank(file: WeightFile, rank: 2 | 4): (readonly number[])[] {
  const shapes = [...file.tensors.values()].map(({ shape }) => shape);
  return shapes.filter(({ length }) => length === rank);
}

/** Outputs of a file's last linear layer, or of its last convolution where it has none. */
export function lastOutputs(file: WeightFile): number | undefined {
  return (shapesOfRank(file, 2).at(-1) ?? shapesOfRank(file, 4).at(-1))?.[0];
}
