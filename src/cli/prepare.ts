import { type Dataset, perClass, split } from "../data/index.ts";
import { builtinData, builtinNetwork } from "./builtin.ts";
import { UsageError } from "./errors.ts";
import { bytes, plural } from "./format.ts";
import type { NetworkInfo } from "./info.ts";
import { inputTransforms } from "./input.ts";
import type { FinetuneOptions } from "./options.ts";
import type { Output } from "./output.ts";
import {
  type Pretrained,
  planAntialias,
  planArchitecture,
  planNetwork,
  planResize,
  planSize,
} from "./plan.ts";
import { type OpenedData, type OpenOptions, openData } from "./sources/index.ts";
import { openWeights } from "./weights.ts";

/** Data and network of a run, before anything touches the GPU. */
export interface Prepared {
  readonly source: OpenedData;
  readonly pretrained: Pretrained | null;
  readonly info: NetworkInfo;
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Without augmentation. */
  readonly plainTransform: ReturnType<typeof inputTransforms>;
  readonly trainTransform: ReturnType<typeof inputTransforms>;
}

/** Reads weights and data and decides about everything that wasn't asked for. */
export async function prepare(options: FinetuneOptions, output: Output): Promise<Prepared> {
  const pretrained = await openStart(options, output);
  const architecture = planArchitecture(options, pretrained);
  const opening = (size: number): OpenOptions => ({
    size,
    ...planResize(options, architecture, pretrained, size),
    antialias: planAntialias(options, architecture, pretrained),
    skipDamaged: options.skipDamaged,
  });
  const usual = planSize(architecture, options, pretrained, null);
  const source = options.data ? await openData(options.data, opening(usual)) : builtinData(options);
  const size = planSize(architecture, options, pretrained, source.size);
  const classes = classNames(source);
  const [train, validation] = await parts(source, options, opening(size));
  const info = planNetwork(options, pretrained, source, size, classes);
  const from = source.kind === "glyphs" ? "drawn here" : `${source.kind} ${source.name}`;
  output.line(
    `Data: ${plural(train.length, "image")} to train on, ${validation.length} to validate, ` +
      `${plural(classes.length, "class", "classes")} (${from})`,
  );
  output.emit("data", {
    kind: source.kind,
    train: train.length,
    validation: validation.length,
    classes,
  });
  return {
    source,
    pretrained,
    info,
    train,
    validation,
    plainTransform: inputTransforms(source, info.input),
    trainTransform: inputTransforms(source, info.input, options.augment),
  };
}

/** The weights to start from: a file's, the built-in ones, or none where only `--arch` is given. */
async function openStart(options: FinetuneOptions, output: Output): Promise<Pretrained | null> {
  const { weights, arch } = options;
  if (weights === undefined) {
    if (arch !== undefined) return null;
    output.line("Network: the built-in one, trained on printed letters");
    return builtinNetwork();
  }
  const opened = await openWeights(weights, output);
  const { path, file } = opened;
  const stored = [...file.tensors.values()].reduce((sum, t) => sum + 4 * elements(t.shape), 0);
  output.line(
    `Weights: ${path} (${file.format}, ${plural(file.tensors.size, "tensor")}, ${bytes(stored)} as float32)`,
  );
  return opened;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Training and validation part. */
async function parts(
  source: OpenedData,
  options: FinetuneOptions,
  open: OpenOptions,
): Promise<[Dataset, Dataset]> {
  const { valSplit, seed = 0 } = options;
  const apart = options.validation
    ? await openValidation(options.validation, source, open)
    : valSplit === undefined
      ? source.validation
      : null;
  const [whole, validation] = apart
    ? [source.train, apart]
    : split(source.train, [1 - (valSplit ?? 0.2), valSplit ?? 0.2], { seed, stratify: true });
  const limited = options.perClass !== undefined && source.kind !== "glyphs";
  return [limited ? perClass(whole, options.perClass, { seed }) : whole, validation];
}

/** Class numbers must mean the same as in training, also where a folder has fewer or more classes. */
async function openValidation(
  path: string,
  { kind, train }: OpenedData,
  open: OpenOptions,
): Promise<Dataset> {
  const opened = await openData([path], { ...open, classes: train.classes });
  if (opened.kind === kind) return opened.train;
  throw new UsageError(
    `--validation ${path}: ${opened.kind} data, but the training data is ${kind}: they must be of one kind`,
  );
}

function classNames({ train, name }: OpenedData): readonly string[] {
  const { classes } = train;
  if (!classes) throw new UsageError(`${name}: its classes have no names`);
  if (classes.length > 1) return classes;
  throw new UsageError(
    `${name}: only one class, ${classes[0]}: there is nothing to tell apart; give each class a folder of its own`,
  );
}
