import { messageOf, type Task } from "../../base/index.ts";
import type { WeightFile, WeightSource } from "../../formats/index.ts";
import { FROM_FILE, specOf } from "../../models/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { startDevice } from "../device.ts";
import type { WarningEvent } from "../events.ts";
import { type Cost, costOf } from "../network/cost.ts";
import { describeNetwork, pixelsAssumed } from "../network/saved.ts";
import { type OpeningEvent, openWeights, withClassNames } from "../network/weights.ts";
import type { NetworkSettings } from "../settings/index.ts";
import { taskOf } from "../task.ts";
import type { TaskOptions } from "./options.ts";

/** What `inspect` is asked for. */
export interface InspectSettings extends NetworkSettings {
  readonly weights: WeightSource;
  /** Whether the network is built, to tell what it costs. Default true. */
  readonly cost?: boolean;
}

/** What a weight file holds. */
export interface Inspection {
  readonly name: string;
  readonly file: WeightFile;
  /** What it says of itself. */
  readonly said: NetworkInfo | null;
  /** The network as it would be used; null where the file doesn't tell enough. */
  readonly network: NetworkInfo | null;
  /** The name of its network; null where neither it nor its tensors tell. */
  readonly architecture: string | null;
  /** What is assumed of how pixels become numbers; null where that is said. */
  readonly assumed: string | null;
  /** null where it wasn't asked for or can't be told. */
  readonly cost: Cost | null;
}

/** Images a step that the memory of training is given for. */
const BATCH = 32;

/** What `inspect` tells while it works. */
export type InspectEvent = OpeningEvent | WarningEvent;

/** Tells what a weight file holds, and what its network costs. */
export function inspect(
  settings: InspectSettings,
  { signal }: Pick<TaskOptions, "signal"> = {},
): Task<InspectEvent, Inspection> {
  return taskOf(async (tell) => {
    const opened = await withClassNames(await openWeights(settings.weights, tell), tell);
    const { name, file, info: said } = opened;
    // Which architecture it is, is then unknown, and said to be.
    const network = await describeNetwork(settings, opened).catch(() => null);
    const architecture =
      said?.architecture ?? (file.graph ? FROM_FILE : (specOf(file)?.spec.name ?? null));
    const wanted = settings.cost !== false && network;
    const cost = wanted ? await findCost(network, tell) : null;
    const assumed = network && pixelsAssumed(settings, opened, network);
    return { name, file, said, network, architecture, assumed, cost };
  }, signal);
}

async function findCost(
  network: NetworkInfo,
  tell: (event: WarningEvent) => Promise<void>,
): Promise<Cost | null> {
  try {
    await startDevice(undefined, async () => {});
    return costOf(network, BATCH);
  } catch (error) {
    await tell({ type: "warning", message: `its cost is unknown: ${messageOf(error)}` });
    return null;
  }
}
