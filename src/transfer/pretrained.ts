import { checkOptions } from "../base/index.ts";
import type { transforms } from "../data/index.ts";
import type { WeightFile } from "../formats/index.ts";
import {
  findPretrained,
  type InputConvention,
  listPretrained,
  type PretrainedEntry,
  transformsOf,
} from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import type { FetchOptions } from "./fetch_weights.ts";
import { type LoadReport, loadPretrained } from "./load_pretrained.ts";
import { replaceHead } from "./replace_head.ts";

export interface PretrainedOptions extends FetchOptions {
  /** Another number than the weights': the last layer is then a new, untrained one. */
  numClasses?: number;
  /** false: features only. Default true, unless the weights have no classifier. */
  includeTop?: boolean;
  /** Height and width of the images the classifier is sized for. Default: the weights' own. */
  inputSize?: number;
}

/** A network with its pretrained weights. */
export interface PretrainedModel {
  readonly model: Module;
  readonly entry: PretrainedEntry;
  /** How pictures come to the network's size and numbers. */
  readonly input: InputConvention;
  /** From pixels of 0..255 to numbers: for `DataLoader`, `fit`, `evaluate` and `predict`. */
  readonly transform: readonly transforms.Transform[];
  readonly file: WeightFile;
  readonly report: LoadReport;
}

const FETCH = ["cache", "baseUrl", "onProgress", "signal"];
const BUILD = ["numClasses", "includeTop", "inputSize"];

/**
 * Downloads weights by name (once: they are kept), checks their hash where one is published, and
 * gives the network that they are for.
 *
 * @param name one of `models.listPretrained()`.
 * @throws Error naming what there is, for an unknown name; DownloadError when it can't be had.
 */
export async function pretrained(
  name: string,
  options: PretrainedOptions = {},
): Promise<PretrainedModel> {
  checkOptions("pretrained", options, [...FETCH, ...BUILD]);
  const { numClasses, includeTop, inputSize, ...fetching } = options;
  const { entry, file } = await pretrainedFile(name, fetching);
  const hasTop = (includeTop ?? true) && entry.numClasses > 0;
  const model = entry.build({
    includeTop: hasTop,
    inputSize: inputSize ?? entry.input.size,
    ...(hasTop && { numClasses: entry.numClasses }),
  });
  const report = loadPretrained(model, file);
  if (report.missing.length > 0) {
    throw new Error(`${entry.name}: the file has nothing for ${report.missing.join(", ")}`);
  }
  const own = hasTop && numClasses === entry.numClasses;
  if (numClasses !== undefined && !own) replaceHead(model, numClasses);
  const { input } = entry;
  return { model, entry, input, transform: transformsOf(input), file, report };
}

/** The weights alone, as `formats.loadWeights` gives them. @throws as `pretrained` does. */
export async function pretrainedFile(
  name: string,
  options: FetchOptions = {},
): Promise<{ entry: PretrainedEntry; file: WeightFile }> {
  checkOptions("pretrainedFile", options, FETCH);
  const entry = findPretrained(name);
  if (!entry) {
    const names = listPretrained().map((known) => known.name);
    throw new Error(`pretrained: there is no "${name}"; there are ${names.join(", ")}`);
  }
  // In a module of its own, so that pages without downloads don't load it.
  const { fetchWeights } = await import("./fetch_weights.ts");
  return { entry, file: await fetchWeights(entry, options) };
}
