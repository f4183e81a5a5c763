import { type NetworkGraph, outputsOf, type WeightFile } from "../../formats/index.ts";
import {
  assumedText,
  assumptionOf,
  describedSpec,
  FROM_FILE,
  findSpec,
  type InputConvention,
  likenessOf,
  type ModelSpec,
  modelSpecs,
  type Recognised,
  specOf,
} from "../../models/index.ts";
import type { Module } from "../../nn/index.ts";
import { cut } from "../cut.ts";
import { replaceHead } from "../replace_head.ts";
import { type NetworkInfo, type NetworkInput, networkInfoIn } from "./info.ts";

/** What a file's network is, before anything is built. */
export interface NetworkPlan {
  /** Its name, or "from file". */
  readonly architecture: string;
  readonly input: NetworkInput;
  /** Empty where the file doesn't name them. */
  readonly classes: readonly string[];
  /** Its outputs, where they are known; 0 for features without a classifier. */
  readonly outputs: number | null;
  /** Makes it with fresh weights. Needs a device. */
  readonly build: () => Module;
  /** What had to be assumed, one sentence each. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  /** Take it for this network, whatever the file says. */
  readonly arch?: string;
  /** Width multiplier, where `arch` is given. */
  readonly alpha?: number;
  /** How pictures are to be prepared, as far as it differs from what is known. */
  readonly input?: Partial<InputConvention>;
  readonly specs?: readonly ModelSpec[];
}

/**
 * What a file's network is: what was asked for; what the file was saved with; what it describes; and only where it says
 * nothing, what its tensors are.
 *
 * @throws Error when it can't be told, or is none for square images; WeightFileError when it is described with layers
 *   that can't be built.
 */
export function planNetwork(file: WeightFile, from: string, options: PlanOptions): NetworkPlan {
  const { arch, input, specs = modelSpecs() } = options;
  if (arch !== undefined) return planAsked(file, from, { ...options, arch, specs });
  const info = networkInfoIn(file.metadata, from);
  if (info) return planSaved(info, file.graph, from, specs);
  if (file.graph) return planDescribed(file, file.graph, specs, input);
  if (file.graphError) throw file.graphError;
  const recognised = specOf(file, specs);
  if (recognised) return planRecognised(recognised, from, input);
  throw new Error(
    `${from}: it doesn't say which network it holds weights of, and its tensors don't tell; name it: { arch: "…" } with ` +
      `one of ${namesOf(specs)}, or build it and use transfer.loadPretrained(model, file)`,
  );
}

const namesOf = (specs: readonly ModelSpec[]) => specs.map(({ name }) => name).join(", ");

function named(name: string, from: string, specs: readonly ModelSpec[]): ModelSpec {
  const spec = findSpec(name, specs);
  if (spec) return spec;
  throw new Error(`${from}: there is no network "${name}"; there are ${namesOf(specs)}`);
}

/** The network that a file was saved with. */
export function buildNetwork(
  { top, cut: last, alpha, input, classes }: NetworkInfo,
  spec: ModelSpec,
): Module {
  const { size: inputSize, channels: inChannels } = input;
  const includeTop = top === "own";
  const numClasses = classes.length;
  const whole = spec.build({ numClasses, includeTop, inputSize, inChannels, alpha });
  const model = last === undefined ? whole : cut(whole, last);
  if (!includeTop || spec.name === FROM_FILE) replaceHead(model, numClasses);
  return model;
}

function planSaved(
  info: NetworkInfo,
  described: NetworkGraph | undefined,
  from: string,
  specs: readonly ModelSpec[],
): NetworkPlan {
  const { architecture, input, classes } = info;
  const graph = info.graph ?? (architecture === FROM_FILE ? described : undefined);
  if (architecture === FROM_FILE && !graph)
    throw new Error(`${from}: it holds no description of its network any more`);
  const spec = graph ? describedSpec(graph) : named(architecture, from, specs);
  const build = () => buildNetwork(info, spec);
  return { architecture, input, classes, outputs: classes.length, build, notes: [] };
}

function planDescribed(
  file: WeightFile,
  graph: NetworkGraph,
  specs: readonly ModelSpec[],
  given: PlanOptions["input"],
): NetworkPlan {
  // Keras' own MobileNet, say, doesn't tell how its pixels were scaled; that it is one does.
  const like = likenessOf(file, specs);
  const spec = describedSpec(graph, like?.input);
  const input = { ...spec.input, channels: graph.inputShape[0] ?? 3 };
  const { classes = [] } = graph;
  const { build } = spec;
  const assumption = given ? null : assumptionOf(graph, like);
  const notes = assumption === null ? [] : [assumption];
  return { architecture: FROM_FILE, input, classes, outputs: outputsOf(graph), build, notes };
}

function planRecognised(
  { spec, top, alpha, numClasses = 0, inputSize = spec.input.size, inChannels }: Recognised,
  from: string,
  given: PlanOptions["input"],
): NetworkPlan {
  const { name: architecture } = spec;
  if (top === "other") {
    throw new Error(
      `${from}: its tensors are those of ${architecture} with another classifier; build it with ` +
        `models.${architecture} and use transfer.loadPretrained(model, file, { onMismatch: "skip" })`,
    );
  }
  const input = { ...spec.input, size: inputSize, channels: inChannels };
  const build = () => {
    const includeTop = top === "own";
    const model = spec.build({ numClasses, includeTop, inputSize, inChannels, alpha });
    if (top === "linear") replaceHead(model, numClasses);
    return model;
  };
  const notes = given ? [] : [assumedText(input, `as in ${architecture}`)];
  return { architecture, input, classes: [], outputs: numClasses, build, notes };
}

/** The network asked for, of as many outputs as the file's last layer has. */
function planAsked(
  file: WeightFile,
  from: string,
  { arch, alpha, input: given, specs }: PlanOptions & { arch: string; specs: readonly ModelSpec[] },
): NetworkPlan {
  const spec = named(arch, from, specs);
  const recognised = specOf(file, [spec]);
  if (recognised) return planRecognised({ ...recognised, ...(alpha && { alpha }) }, from, given);
  const shapes = [...file.tensors.values()].map(({ shape }) => shape);
  const ofRank = (rank: number) => shapes.filter(({ length }) => length === rank);
  const outputs = (ofRank(2).at(-1) ?? ofRank(4).at(-1))?.[0] ?? 0;
  const channels = spec.input.channels ?? ofRank(4)[0]?.[1] ?? 3;
  const input = { ...spec.input, ...given, channels };
  const sizes = { inputSize: input.size, inChannels: channels };
  const build = () => spec.build({ numClasses: outputs, ...sizes, alpha });
  const notes = given ? [] : [assumedText(input, `as in ${spec.name}`)];
  return { architecture: spec.name, input, classes: [], outputs, build, notes };
}
