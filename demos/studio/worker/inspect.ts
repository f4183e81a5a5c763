import {
  estimateMemory,
  type formats,
  type LoadedNetwork,
  loadNetwork,
  models,
  nn,
  transfer,
} from "webgraft";
import { inspect as inspectFile } from "webgraft/finetune";
import type { TrainChoice } from "../project/types.ts";
import { builtin } from "./builtin.ts";
import { KeptNetwork } from "./kept_network.ts";
import type {
  InspectAsk,
  LayerFacts,
  MemoryNeeded,
  NetworkFacts,
  PublishedName,
  TrainingChoice,
} from "./messages.ts";

/** What is looked at, where there is a whole network in it. */
let inspected: formats.WeightFile | null = null;
const kept = new KeptNetwork<formats.WeightFile>();

export async function inspectedNetwork(): Promise<LoadedNetwork | null> {
  const file = inspected;
  return file && kept.of(file, () => loadNetwork(file));
}

/**
 * Tells what there is in weight files: layers with shapes and parameters, and what they cost.
 *
 * @throws Error where they can't be read: then the network that was looked at before still is.
 */
export async function inspect({ weights }: InspectAsk): Promise<NetworkFacts> {
  const source = weights ? [...weights] : builtin;
  const { file, network: info, architecture, cost, name } = await inspectFile({ weights: source });
  // Weights without a head have no network of their own; they can be trained under a new one all the same.
  const network = await kept.of(file, () => loadNetwork(file)).catch(() => null);
  const input = network?.input ?? info?.input;
  if (!input) throw new Error(`${name}: the network of this file can't be told`);
  inspected = network && file;
  const { size, channels } = input;
  const layers = network ? layersOf(network.model, [1, channels, size, size]) : [];
  const elements = [...file.tensors.values()].map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  return {
    ...{ name, size, channels, layers },
    architecture: architecture ?? "",
    format: file.format,
    classes: network?.classes.length ?? 0,
    parameters: elements.reduce((a, b) => a + b, 0),
    flops: cost?.flops ?? null,
    isWhole: network !== null,
    notes: network?.notes ?? [],
  };
}

function layersOf(model: nn.Module, inputShape: readonly number[]): LayerFacts[] {
  const { layers } = model.summary(inputShape, { print() {} });
  const flops = nn.countFlops(model, inputShape).layers;
  const head = headOf(model);
  return layers
    .filter(({ name }) => name !== "")
    .map(({ name, outputShape, parameters }) => ({
      ...{ name, parameters, flops: flops.get(name) ?? 0 },
      kind: kindOf(model.get(name)),
      shape: outputShape ? outputShape.slice(1) : null,
      isHead: head.some((path) => name === path || name.startsWith(`${path}.`)),
    }));
}

/** The layer's class, whose own name is shortened in a built page. */
function kindOf(layer: nn.Module): string {
  const found = Object.entries(nn).find(([, kind]) => kind === layer.constructor);
  return found?.[0] ?? "";
}

/** What is replaced by a new head: the classifier, or the linear layers that a described network ends with. */
function headOf(model: nn.Module): string[] {
  const layers = [...model.namedModules()].filter(
    ([, module]) => module.ownParameters().length > 0,
  );
  const last = layers.at(-1)?.[0] ?? "";
  if (model instanceof models.Backbone) return [last.split(".")[0]];
  const isFeature = ([, layer]: [string, nn.Module]) =>
    !(layer instanceof nn.Linear || layer instanceof nn.BatchNorm1d);
  const end = layers.slice(layers.findLastIndex(isFeature) + 1);
  return end.length > 0 ? end.map(([path]) => path) : [last];
}

/** What training the network that was inspected takes: as is chosen, and all layers of it. */
export async function estimate({ train, batchSize }: TrainingChoice): Promise<MemoryNeeded> {
  const network = await inspectedNetwork();
  if (!network) return { asChosen: null, allLayers: null };
  const { model, input } = network;
  const shape = [input.channels, input.size, input.size];
  const bytes = (choice: TrainChoice) =>
    trainedAs(model, choice, () => {
      try {
        return estimateMemory(model, shape, { batchSize }).total;
      } catch {
        return null; // over the adapter's limits
      }
    });
  return { asChosen: bytes(train), allLayers: bytes({ kind: "all" }) };
}

/** Does something with the network while those layers alone are trained. */
function trainedAs<T>(model: nn.Module, train: TrainChoice, work: () => T): T {
  try {
    freezeOthers(model, train);
    return work();
  } finally {
    transfer.freeze(model);
    model.eval();
  }
}

/** @param train "auto", which isn't known before it was tried, is taken for all. */
export function freezeOthers(model: nn.Module, train: TrainChoice): void {
  if (train.kind === "all" || train.kind === "auto") return void transfer.unfreeze(model);
  transfer.freeze(model);
  const layers = train.kind === "layers" ? train.layers : [];
  for (const path of [...headOf(model), ...layers]) transfer.unfreeze(model, path);
}

export function published(): PublishedName[] {
  return models
    .listPretrained()
    .map(({ name, size: bytes, licence }) => ({ name, bytes, licence }));
}
