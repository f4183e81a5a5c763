import { messageOf } from "../../base/index.ts";
import type { WeightFile } from "../../formats/index.ts";
import { Backbone, describedSpec } from "../../models/index.ts";
import { BatchNorm1d, Linear, type Module } from "../../nn/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { buildNetwork, keptClasses, loadPretrained, replaceHead } from "../../transfer/index.ts";
import { SettingError, WordedError } from "../errors.ts";
import type { LoadedEvent, WarningEvent } from "../events.ts";
import type { Tell } from "../task.ts";
import { some } from "../text.ts";
import { type Pretrained, specNamed } from "./plan.ts";

/** The network that `info` describes, with fresh weights. */
export function createNetwork(info: NetworkInfo): Module {
  const spec = info.graph ? describedSpec(info.graph) : specNamed(info.architecture);
  try {
    return buildNetwork(info, spec);
  } catch (error) {
    const why = messageOf(error);
    if (!why.startsWith("cut:")) throw error;
    throw new SettingError(why.replace("cut", "{cut}"), { cause: error });
  }
}

/** The path of what comes after the features: the classifier, or the last layer with weights. */
function headOf(model: Module): string {
  const [last] = model.namedParameters().at(-1) ?? [""];
  const path = last.slice(0, Math.max(0, last.lastIndexOf(".")));
  return model instanceof Backbone ? path.split(".")[0] : path;
}

/**
 * The paths of what is trained where only the head is: the classifier, or all linear layers that a described network ends
 * with. Those before the last have learned what tells its own classes apart, not the new ones.
 */
export function classifierOf(model: Module): string[] {
  const last = headOf(model);
  if (model instanceof Backbone) return [last];
  const withWeights = [...model.namedModules()].filter(([path]) =>
    model.namedParameters().some(([name]) => name.slice(0, name.lastIndexOf(".")) === path),
  );
  const isFeature = ([, layer]: [string, Module]) =>
    !(layer instanceof Linear || layer instanceof BatchNorm1d);
  const end = withWeights.slice(withWeights.findLastIndex(isFeature) + 1);
  return end.length > 0 ? end.map(([path]) => path) : [last];
}

/** Fills in everything, head included: for a network that was saved as it is described. */
export function loadAll(model: Module, file: WeightFile, name: string): void {
  const { missing } = loadPretrained(model, file);
  if (missing.length === 0) return;
  throw new Error(`${name}: has nothing for ${some(missing)}; is it the file that was saved?`);
}

/**
 * The network that `info` describes with a new last layer, and the pretrained weights, where there are any, before it. What
 * these lack is told: it starts untrained.
 *
 * @param known the classes of the weights' own last layer, where what it knows of those in `info` is kept.
 * @throws WordedError when they have nothing for the network.
 */
export function pretrainedNetwork(
  info: NetworkInfo,
  pretrained: Pretrained | null,
  known: readonly string[] | null,
  tell: Tell<LoadedEvent | WarningEvent>,
): Module {
  const model = createNetwork({ ...info, classes: known ?? info.classes });
  if (!pretrained) return model;
  const { name, file } = pretrained;
  const report = loadPretrained(model, file, { onMismatch: "skip" });
  const keep = known ? keptClasses(known, info.classes) : undefined;
  replaceHead(model, info.classes.length, { keep });
  const head = headOf(model);
  const isTrunk = (tensor: string) => !tensor.startsWith(`${head}.`);
  const trunk = report.loaded.filter(isTrunk);
  const absent = report.missing.filter(isTrunk);
  if (trunk.length === 0) {
    const why = report.skipped[0] ? ` (${report.skipped[0].name}: ${report.skipped[0].why})` : "";
    throw new WordedError(
      `${name}: none of its tensors fits the network's features${why}; check {arch}`,
    );
  }
  if (absent.length > 0) {
    const message =
      `${name} has nothing for ${absent.length} of the trunk's ${absent.length + trunk.length} tensors, ` +
      `which start untrained: ${some(absent)}`;
    void tell({ type: "warning", message });
  }
  void tell({ type: "loaded", ...report });
  return model;
}

/** With its pretrained weights and a new head; what was warned of before isn't said again. */
export function freshNetwork({
  info,
  pretrained,
  known,
}: {
  info: NetworkInfo;
  pretrained: Pretrained | null;
  known: readonly string[] | null;
}): Module {
  return pretrainedNetwork(info, pretrained, known, async () => {});
}
