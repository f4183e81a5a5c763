import type { WeightFile } from "../formats/index.ts";
import { Backbone, describedSpec } from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import { cut, type LoadReport, loadPretrained, replaceHead } from "../transfer/index.ts";
import { UsageError } from "./errors.ts";
import { some } from "./format.ts";
import type { NetworkInfo } from "./info.ts";
import type { Output } from "./output.ts";
import { specNamed } from "./plan.ts";

/** The network that `info` describes, with fresh weights. */
export function createNetwork(info: NetworkInfo): Module {
  const { top, cut: last, alpha, input, classes } = info;
  const { size, channels } = input;
  const spec = info.graph ? describedSpec(info.graph) : specNamed(info.architecture);
  const includeTop = top === "own";
  const numClasses = classes.length;
  const whole = spec.build({
    numClasses,
    includeTop,
    inputSize: size,
    inChannels: channels,
    alpha,
  });
  const model = last === undefined ? whole : cutAt(whole, last);
  if (!includeTop || info.graph) replaceHead(model, numClasses);
  return model;
}

function cutAt(whole: Module, last: string): Module {
  try {
    return cut(whole, last);
  } catch (error) {
    throw new UsageError(`--${(error as Error).message}`); // "--cut: there is no layer …"
  }
}

/** The path of what comes after the features: the classifier, or the last layer with weights. */
export function headOf(model: Module): string {
  const [last] = model.namedParameters().at(-1) ?? [""];
  const path = last.slice(0, Math.max(0, last.lastIndexOf(".")));
  return model instanceof Backbone ? path.split(".")[0] : path;
}

/** Fills in everything, head included: for a network that was saved as it is described. */
export function loadAll(model: Module, file: WeightFile, name: string): void {
  const { missing } = loadPretrained(model, file);
  if (missing.length === 0) return;
  throw new Error(`${name}: has nothing for ${some(missing)}; is it the file that was saved?`);
}

/**
 * Fills in the pretrained part and gives the network a new last layer. What the file lacks of the
 * trunk is said: it starts untrained.
 *
 * @throws Error when the file has nothing for the trunk.
 */
export function loadTrunk(
  model: Module,
  file: WeightFile,
  { name, classes, output }: { name: string; classes: number; output: Output },
): LoadReport {
  const report = loadPretrained(model, file, { onMismatch: "skip" });
  replaceHead(model, classes);
  const head = headOf(model);
  const isTrunk = (tensor: string) => !tensor.startsWith(`${head}.`);
  const trunk = report.loaded.filter(isTrunk);
  const absent = report.missing.filter(isTrunk);
  if (trunk.length === 0) {
    const why = report.skipped[0] ? ` (${report.skipped[0].name}: ${report.skipped[0].why})` : "";
    throw new Error(`${name}: none of its tensors fits the network's features${why}; check --arch`);
  }
  if (absent.length > 0) {
    output.warn(
      `${name} has nothing for ${absent.length} of the trunk's ${absent.length + trunk.length} tensors, ` +
        `which start untrained: ${some(absent)}`,
    );
  }
  output.emit("loaded", report);
  return report;
}
