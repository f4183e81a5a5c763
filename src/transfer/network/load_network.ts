import { Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { type Dataset, imageFolder, type Picture, transforms } from "../../data/index.ts";
import {
  loadWeights,
  type ReadOptions,
  type WeightFile,
  type WeightSource,
} from "../../formats/index.ts";
import {
  type InputConvention,
  type ModelSpec,
  pictureOptions,
  type Replacements,
  transformsOf,
  withGiven,
} from "../../models/index.ts";
import { BCEWithLogitsLoss, type Module } from "../../nn/index.ts";
import { type Prediction, type PredictOptions, predict } from "../../train/index.ts";
import { loadPretrained } from "../load_pretrained.ts";
import { networkIn } from "./file_network.ts";
import type { NetworkInput } from "./info.ts";

export interface LoadNetworkOptions extends ReadOptions {
  /** Take the file's network for this one, whatever the file says: a name of `models.modelSpecs()`. */
  arch?: string;
  /** Width multiplier, where `arch` is given and the file's tensors don't tell. */
  alpha?: number;
  /** Class names in the order of the outputs, for files that don't know them. */
  classes?: readonly string[];
  /** How pictures are to be prepared, as far as it differs from what is known. */
  input?: Partial<InputConvention>;
  /** The networks that go by a name, with your own among them. Default: `models.modelSpecs()`. */
  specs?: readonly ModelSpec[];
  /** Modules in place of layers that the file describes, by their names or kinds: see `models.fromArchitecture`. */
  replace?: Replacements;
}

interface Parts {
  readonly model: Module;
  readonly architecture: string;
  readonly classes: readonly string[];
  readonly thresholds: readonly number[] | undefined;
  readonly input: NetworkInput;
  readonly file: WeightFile;
  readonly notes: readonly string[];
}

/** A network as its file has it, ready to predict. */
export class LoadedNetwork {
  /** In evaluation mode. */
  readonly model: Module;
  /** The network's name, or "from file" where the file describes it. */
  readonly architecture: string;
  /** In the order of the outputs; empty where the file doesn't know them. */
  readonly classes: readonly string[];
  /**
   * Of a network that gives a picture any number of labels: how likely each must be to be given. Its probabilities don't add up
   * to 1.
   */
  readonly thresholds: readonly number[] | undefined;
  /** How pictures come to the network's size and numbers. */
  readonly input: NetworkInput;
  /** From pixels of 0..255 to numbers: for `DataLoader`, `fit`, `evaluate` and `predict`. */
  readonly transform: readonly transforms.Transform[];
  readonly file: WeightFile;
  /** What had to be assumed and what the file holds besides, one sentence each. */
  readonly notes: readonly string[];

  constructor({ model, architecture, classes, thresholds, input, file, notes }: Parts) {
    this.model = model.eval();
    this.architecture = architecture;
    this.classes = classes;
    this.thresholds = thresholds;
    this.input = input;
    const grey = input.channels === 1 ? [transforms.grayscale(1)] : [];
    this.transform = [...grey, ...transformsOf(input)];
    this.file = file;
    this.notes = notes;
  }

  /**
   * The class of each picture, with all probabilities.
   *
   * @param images pictures (paths, URLs, Files, Blobs or bytes of JPEG, PNG, …; `ImageData`; what a page shows: `<img>`,
   *   canvas, video, `ImageBitmap`, `VideoFrame`), or a dataset or tensor [N, C, H, W] of pixels from 0 to 255 in the
   *   network's size.
   * @throws Error naming a picture that can't be read or decoded.
   */
  async predict(
    images: Picture | readonly Picture[] | Dataset | Tensor,
    options: Pick<PredictOptions, "batchSize"> = {},
  ): Promise<Prediction[]> {
    const { transform, classes, thresholds } = this;
    const loss = thresholds && new BCEWithLogitsLoss();
    const set = isPictures(images)
      ? await imageFolder({ pictures: [images].flat() as Picture[] }, pictureOptions(this.input))
      : images;
    return predict(this.model, set, { ...options, transform, classes, loss });
  }
}

function isPictures(
  images: Picture | readonly Picture[] | Dataset | Tensor,
): images is Picture | readonly Picture[] {
  if (typeof images !== "object" || Array.isArray(images)) return true;
  return !(images instanceof Tensor || ("get" in images && typeof images.get === "function"));
}

const OPTIONS = [
  ...["arch", "alpha", "classes", "input", "specs", "replace", "onProgress", "signal"],
];

/**
 * Loads a network with its weights from any file that describes it (Keras, TF.js, ONNX), that names it (saved by Graft),
 * or whose tensors are those of a known network (torchvision's files).
 *
 * What was asked for with `arch` comes first, then what the file was saved with, then what it describes; its tensors are
 * only asked where it says nothing.
 *
 * @param source a path, a URL, a File, bytes, …, or what `formats.loadWeights` gave.
 * @throws WeightFileError when the file can't be read, or describes layers that can't be built; Error naming what to do
 *   when its network isn't known, or weights are missing.
 * @example
 * const network = await loadNetwork("flowers.onnx");
 * for (const { name, probability } of await network.predict(["a.jpg", "b.jpg"])) console.log(name, probability);
 */
export async function loadNetwork(
  source: WeightSource | WeightFile,
  options: LoadNetworkOptions = {},
): Promise<LoadedNetwork> {
  checkOptions("loadNetwork", options, OPTIONS);
  const { onProgress, signal, ...describing } = options;
  const whole = isWeightFile(source) ? source : await loadWeights(source, { onProgress, signal });
  const file = whole.readWith ? withGiven(whole, options.replace ?? {}) : whole;
  const from = nameOf(source);
  const found = networkIn(file, from, describing);
  const input = { ...found.input, ...known(options.input), channels: found.input.channels };
  const classes = options.classes ?? found.classes;
  if (options.classes && found.outputs !== null && classes.length !== found.outputs) {
    throw new Error(`classes: ${classes.length} names, but ${from} has ${found.outputs} outputs`);
  }
  const model = found.build();
  const own = ownLayers(file);
  const missing = loadPretrained(model, file).missing.filter(
    (name) => !own.some((layer) => name.startsWith(layer)),
  );
  if (missing.length > 0) {
    throw new Error(
      `${from}: has nothing for ${missing.slice(0, 8).join(", ")} of ${found.architecture}`,
    );
  }
  const { architecture, thresholds } = found;
  const notes = [...found.notes, ...file.notes];
  return new LoadedNetwork({ model, architecture, classes, thresholds, input, file, notes });
}

/** What the names of tensors begin with whose layers the user gave, with their weights. */
function ownLayers({ graph }: WeightFile): string[] {
  const given = graph?.nodes.filter(({ op }) => op === "given") ?? [];
  return given.map(({ name }) => `${name}.`);
}

function isWeightFile(source: WeightSource | WeightFile): source is WeightFile {
  return typeof source === "object" && "tensors" in source && source.tensors instanceof Map;
}

/** Without what is left undefined. */
function known<T extends object>(options: T | undefined): Partial<T> {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function nameOf(source: WeightSource | WeightFile): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return source.href;
  return "name" in source && typeof source.name === "string" ? source.name : "the file";
}
