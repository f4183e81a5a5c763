import type { Task } from "../../base/index.ts";
import { type Dataset, selectClasses } from "../../data/index.ts";
import { pictureOptions } from "../../models/index.ts";
import { againIfLost, type Evaluation, evaluate as evaluateModel } from "../../train/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { drawnDigits } from "../data/digits.ts";
import { absentClasses } from "../data/division.ts";
import { openData } from "../data/open.ts";
import type { DataSource, OpenedData } from "../data/types.ts";
import { startDevice } from "../device.ts";
import { SettingError } from "../errors.ts";
import type {
  AdapterEvent,
  LabelsEvent,
  NetworkEvent,
  ReportedEvent,
  TestDataEvent,
  WarningEvent,
} from "../events.ts";
import { answersOf, lossFor } from "../labels/answers.ts";
import { labelFigures } from "../labels/figures.ts";
import { inputTransforms } from "../network/input.ts";
import { openSaved, type SavedSettings } from "../network/saved.ts";
import type { OpeningEvent } from "../network/weights.ts";
import { taskOf } from "../task.ts";
import { leftOut, some } from "../text.ts";
import type { TaskOptions } from "./options.ts";

/** What `evaluate` is asked for. */
export interface EvaluateSettings extends SavedSettings {
  /** Default: the digits that the built-in network is fine-tuned on. */
  readonly data?: DataSource;
  /** Images at a time. Default 32. */
  readonly batchSize?: number;
  /** Fewer of the drawn digits. */
  readonly quick?: boolean;
  /** Node: where a page goes that tells how good it is. */
  readonly report?: string;
}

export interface CommandOption {
  /** What would be typed for these settings: for the report. */
  readonly command?: (settings: EvaluateSettings) => string;
}

/** What `evaluate` tells while it works. */
export type EvaluateEvent =
  | OpeningEvent
  | NetworkEvent
  | TestDataEvent
  | AdapterEvent
  | LabelsEvent
  | ReportedEvent
  | WarningEvent;

/** Measures a network from a file on labelled pictures: of data with a part for validation or tests, that part. */
export function evaluate(
  settings: EvaluateSettings = {},
  { signal, builtin, command }: TaskOptions & CommandOption = {},
): Task<EvaluateEvent, Evaluation> {
  return taskOf(async (tell, stop) => {
    const { report } = settings;
    // Only few need it.
    const reporting = report === undefined ? null : await import("../reporting/of_network.ts");
    await reporting?.checkReport(report!);
    const network = await openSaved(settings, builtin, tell);
    const { input, classes, thresholds } = network.info;
    await tell({ type: "network", name: network.name, network: network.info });
    const { data, quick, batchSize = 32 } = settings;
    if (thresholds && !data)
      throw new SettingError(
        "{data}: name a table of labels (CSV) with its pictures; the drawn ones have one class each",
      );
    const source = data ? await openTestData(data, network.info) : drawnDigits({ quick });
    const set = ownClasses(source.validation ?? source.train, classes);
    checkClasses(classes, set.classes ?? [], source.name);
    await tell({ type: "testData", name: source.name, kind: source.kind, count: set.length });
    const skipped = source.skipped.filter(({ what }) => what !== "class"); // these are told below
    for (const message of leftOut(skipped)) await tell({ type: "warning", message });
    const absent = thresholds ? [] : absentClasses(set); // the table of labels shows it
    if (absent.length > 0) {
      await tell({ type: "warning", message: `no picture to test with of ${some(absent)}` });
    }
    await startDevice(undefined, tell);
    const transform = inputTransforms(source, input);
    const how = { batchSize, transform, signal: stop, loss: lossFor(network.info) };
    return againIfLost(async () => {
      const model = network.create();
      const evaluation = await evaluateModel(model, set, how);
      if (thresholds) {
        const answers = await answersOf(model, set, { batchSize, transform });
        await tell({ type: "labels", ...labelFigures(answers, thresholds, classes) });
      }
      const judged = { model, evaluation, network, set, source, transform, batchSize };
      const line = command?.(settings) ?? null;
      if (reporting) await tell(await reporting.reportOnNetwork(report!, judged, settings, line));
      return evaluation;
    });
  }, signal);
}

/** Folders need not have pictures of every class that the network knows. */
async function openTestData(
  data: DataSource,
  { input, classes, thresholds }: NetworkInfo,
): Promise<OpenedData> {
  if (thresholds) return openData(data, { ...pictureOptions(input), classes, several: true });
  const opened = await openData(data, { ...pictureOptions(input), several: false });
  const { classes: given = [] } = opened.validation ?? opened.train;
  const isPart = given.length < classes.length && given.every((name) => classes.includes(name));
  if (opened.kind !== "image folder" || !isPart) return opened;
  return openData(data, { ...pictureOptions(input), classes });
}

/** Of data with more classes, or in another order, the network's own. */
function ownClasses(set: Dataset, own: readonly string[]): Dataset {
  const given = set.classes ?? [];
  const same = own.length === given.length && own.every((label, i) => label === given[i]);
  return !same && own.every((label) => given.includes(label)) ? selectClasses(set, own) : set;
}

/** Class numbers only mean the same where the names do. */
function checkClasses(own: readonly string[], given: readonly string[], name: string): void {
  const unnamed = own.every((label) => /^class \d+$/.test(label));
  if (unnamed && own.length >= given.length) return;
  // ImageNet's own folders are called by WordNet's numbers, whose order is that of its classes.
  if (own.length === given.length && given.every((label) => /^n\d{8}$/.test(label))) return;
  const differs = given.findIndex((label, i) => label !== own[i]);
  if (differs < 0) return;
  throw new SettingError(
    `${name}: its class ${differs} is "${given[differs]}", the network's "${own[differs] ?? "(none)"}": ` +
      "they must be the same, in the same order",
  );
}
