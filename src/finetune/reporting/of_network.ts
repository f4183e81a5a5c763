import type { Dataset, transforms } from "../../data/index.ts";
import type { Module } from "../../nn/index.ts";
import type { Evaluation } from "../../train/index.ts";
import type { OpenedData } from "../data/types.ts";
import type { ReportedEvent } from "../events.ts";
import type { SavedNetwork } from "../network/saved.ts";
import { count, plural } from "../text.ts";
import { dataText, writeReport } from "./report.ts";

export { checkReport } from "./report.ts";

/** A network that was measured. */
export interface JudgedNetwork {
  readonly model: Module;
  readonly evaluation: Evaluation;
  readonly network: SavedNetwork;
  readonly set: Dataset;
  readonly source: OpenedData;
  readonly transform: readonly transforms.Transform[];
  readonly batchSize: number;
}

/** Writes the report on a network as it is. @param command what would be typed; null where a program gave the settings. */
export function reportOnNetwork(
  path: string,
  { model, evaluation, network, set, source, transform, batchSize }: JudgedNetwork,
  settings: object,
  command: string | null,
): Promise<ReportedEvent> {
  const { architecture, input } = network.info;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  const rows = {
    network: `${network.name}: ${architecture}, ${count(parameters)} parameters, input ${input.channels}×${input.size}×${input.size}`,
    data: `${dataText(source)}, ${plural(set.length, "picture")}`,
  };
  return writeReport(path, {
    ...{ model, evaluation, batchSize, set, transform },
    toBytes: source.toBytes,
    thresholds: network.info.thresholds,
    told: {
      title: `${network.name} on ${source.name}`,
      facts: Object.entries(rows).map(([name, value]) => ({ name, value })),
      ...{ comparison: [], epochs: [], settings, command },
    },
  });
}
