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
import type { CachedFile } from "../platform/index.ts";
import type { NamedClasses } from "./fetch_classes.ts";
import { type LoadReport, loadPretrained } from "./load_pretrained.ts";
import type { FetchOptions } from "./published.ts";
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
  /** In the order of the outputs; empty where nobody names them, and for a new last layer. */
  readonly classes: readonly string[];
  readonly file: WeightFile;
  /** What is missing, one sentence each: the names of the classes where they couldn't be had. */
  readonly notes: readonly string[];
  readonly report: LoadReport;
}

const FETCH = ["cache", "baseUrl", "onProgress", "signal"];
const BUILD = ["numClasses", "includeTop", "inputSize"];

/**
 * Downloads weights by name (once: they are kept), checks their hash where one is published, and
 * gives the network that they are for, with the names of its classes: ImageNet's come from a published list.
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
  const isOwn = hasTop && (numClasses === undefined || numClasses === entry.numClasses);
  if (numClasses !== undefined && !isOwn) replaceHead(model, numClasses);
  const named = isOwn ? await pretrainedClasses(entry, file, fetching) : { classes: [], notes: [] };
  const { input } = entry;
  return { model, entry, input, transform: transformsOf(input), ...named, file, report };
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
  return { entry, file: (await fetchWeights(entry, options)).file };
}

/**
 * The files of weights by their names, to keep: by name of the registry, whose files stay in the cache too, or by the address
 * of one (a TensorFlow.js model.json leads to the others), of which nothing else is kept. That they are weights is seen to.
 *
 * @param retries how often a transfer that breaks off is taken up again.
 * @throws DownloadError when they can't be had; WeightFileError, or an Error with it as its cause, for what is no weight file.
 */
export async function fetchWeightFiles(
  from: string,
  { retries, ...options }: FetchOptions & { retries?: number } = {},
): Promise<ReadonlyMap<string, CachedFile>> {
  const { fetchWeights } = await import("./fetch_weights.ts");
  const entry = findPretrained(from);
  if (entry) return (await fetchWeights({ ...entry, retries }, options)).files;
  const { href: url, pathname } = new URL(from);
  const wanted = { name: url, url, shards: pathname.endsWith(".json"), retries };
  return (await fetchWeights(wanted, { ...options, cache: false })).files;
}

/** The names of the classes of weights that `pretrainedFile` gave. Never fails for want of them: see `notes`. */
export async function pretrainedClasses(
  entry: PretrainedEntry,
  file: WeightFile,
  options: FetchOptions = {},
): Promise<NamedClasses> {
  checkOptions("pretrainedClasses", options, FETCH);
  const { fetchClasses } = await import("./fetch_classes.ts");
  return fetchClasses(entry, file, options);
}
