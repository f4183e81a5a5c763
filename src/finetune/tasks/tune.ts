import { settleTuning, type TuningRow, tuningTable } from "../../autograd/index.ts";
import type { Task } from "../../base/index.ts";
import type { WeightSource } from "../../formats/index.ts";
import { estimateMemory } from "../../train/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { startDevice } from "../device.ts";
import type { AdapterEvent, MeasuringEvent, NetworkEvent } from "../events.ts";
import { createNetwork } from "../network/build.ts";
import { planNetwork, planSize, specNamed } from "../network/plan.ts";
import { describeNetwork, openGivenOr } from "../network/saved.ts";
import type { OpeningEvent } from "../network/weights.ts";
import type { NetworkSettings } from "../settings/index.ts";
import { type Tell, taskOf } from "../task.ts";
import type { TaskOptions } from "./options.ts";

/** What `tune` is asked for. */
export interface TuneSettings extends NetworkSettings {
  readonly weights?: WeightSource;
  /** Images a step. Default 32. */
  readonly batchSize?: number;
}

/** What `tune` tells while it works. */
export type TuneEvent = OpeningEvent | NetworkEvent | AdapterEvent | MeasuringEvent;

/** Times the ways to compute each step of a network's training, and keeps the best. @returns all that is known. */
export function tune(
  settings: TuneSettings,
  { signal, builtin }: TaskOptions = {},
): Task<TuneEvent, readonly TuningRow[]> {
  return taskOf(async (tell) => {
    const network = await networkFor(settings, builtin, tell);
    await startDevice("measure", tell);
    const { channels, size } = network.input;
    await tell({ type: "network", name: network.architecture, network });
    // Recording a step tells which problems it poses; they are then measured one by one.
    const { batchSize = 32 } = settings;
    estimateMemory(createNetwork(network), [channels, size, size], { batchSize });
    await settleTuning((done, total) => void tell({ type: "measuring", done, total }));
    return tuningTable();
  }, signal);
}

/** The network of the weights, of the architecture, or the built-in one. */
async function networkFor(
  settings: TuneSettings,
  builtin: WeightSource | undefined,
  tell: Tell<OpeningEvent>,
): Promise<NetworkInfo> {
  const { weights, arch } = settings;
  if (weights !== undefined || arch === undefined) {
    return describeNetwork(settings, await openGivenOr(builtin, weights, tell));
  }
  const size = planSize(specNamed(arch), settings, null, null);
  const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  return planNetwork(settings, null, { channels: 3 }, size, classes);
}
