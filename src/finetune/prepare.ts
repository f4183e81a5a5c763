import type { Dataset } from "../data/index.ts";
import type { WeightSource } from "../formats/index.ts";
import type { NetworkInfo } from "../transfer/index.ts";
import { drawnDigits } from "./data/digits.ts";
import { classNames, parts, thinClasses } from "./data/division.ts";
import { openData } from "./data/open.ts";
import type { OpenedData, OpenOptions } from "./data/types.ts";
import { SettingError } from "./errors.ts";
import type { FinetuneEvent } from "./events.ts";
import { inputTransforms } from "./network/input.ts";
import {
  type Pretrained,
  planArchitecture,
  planNetwork,
  planPictures,
  planSize,
} from "./network/plan.ts";
import { openGivenOr, pixelsAssumed } from "./network/saved.ts";
import type { FinetuneSettings } from "./settings/index.ts";
import type { Tell } from "./task.ts";
import { some } from "./text.ts";
import type { Start } from "./training/plan.ts";

/** Data and network of a run, before anything touches the GPU. */
export interface Prepared {
  readonly source: OpenedData;
  readonly start: Start;
  readonly pretrained: Pretrained | null;
  readonly info: NetworkInfo;
  /** The classes of the weights' last layer, where what it knows is kept. */
  readonly known: readonly string[] | null;
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Without augmentation. */
  readonly plainTransform: ReturnType<typeof inputTransforms>;
  readonly trainTransform: ReturnType<typeof inputTransforms>;
}

const LETTERS_FOR_PHOTOS =
  "the built-in network was trained on letters and knows little about photos: for these, start from a network that was " +
  "trained on photos, such as {weights} squeezenet1_1 or mobilenet_v2 ({models} lists them)";

const PHOTOS: readonly OpenedData["kind"][] = ["image folder", "label table"];

/** Reads weights and data and decides about everything that wasn't asked for. */
export async function prepare(
  settings: FinetuneSettings,
  builtin: WeightSource | undefined,
  tell: Tell<FinetuneEvent>,
): Promise<Prepared> {
  const pretrained = await openStart(settings, builtin, tell);
  const architecture = planArchitecture(settings, pretrained);
  const opening = (size: number): OpenOptions => ({
    size,
    ...planPictures(settings, architecture, pretrained, size),
    skipDamaged: settings.skipDamaged,
  });
  const usual = planSize(architecture, settings, pretrained, null);
  const source = settings.data
    ? await openData(settings.data, opening(usual))
    : drawnDigits(settings);
  const size = planSize(architecture, settings, pretrained, source.size);
  const classes = classNames(source);
  const [train, validation] = await parts(source, settings, opening(size));
  for (const message of thinClasses(classes, train, validation, source.labelsOf)) {
    await tell({ type: "warning", message });
  }
  const info = planNetwork(settings, pretrained, source, size, classes);
  const assumed = pretrained && pixelsAssumed(settings, pretrained, info);
  if (assumed) await tell({ type: "warning", message: `${assumed} ({inputConvention})` });
  await tell({
    type: "data",
    name: source.name,
    kind: source.kind,
    train: train.length,
    validation: validation.length,
    classes,
    skipped: source.skipped,
  });
  const start = startOf(settings, pretrained);
  if (start === "the built-in network" && PHOTOS.includes(source.kind)) {
    await tell({ type: "warning", message: LETTERS_FOR_PHOTOS });
  }
  return {
    source,
    start,
    pretrained,
    info,
    known: settings.keepHead ? knownClasses(pretrained, info.classes) : null,
    train,
    validation,
    plainTransform: inputTransforms(source, info.input),
    trainTransform: inputTransforms(source, info.input, settings.augment),
  };
}

/** With a network that ends with the layer `cut`, under a new head, where it doesn't yet. */
export function withCut(prepared: Prepared, cut: string | undefined): Prepared {
  const { info } = prepared;
  return cut === info.cut ? prepared : { ...prepared, info: { ...info, cut, top: "linear" } };
}

function startOf({ weights }: FinetuneSettings, pretrained: Pretrained | null): Start {
  if (!pretrained) return "fresh weights";
  return weights === undefined ? "the built-in network" : "pretrained weights";
}

/** @throws SettingError where the weights' last layer knows none of the data's classes. */
function knownClasses(pretrained: Pretrained | null, classes: readonly string[]) {
  const known = pretrained?.info?.classes ?? [];
  if (classes.some((name) => known.includes(name))) return known;
  const of = known.length > 0 ? `those of ${pretrained?.name} are ${some(known)}` : "none are told";
  throw new SettingError(`{keepHead}: the data has none of the classes of the weights: ${of}`);
}

/** The weights to start from: those given, the built-in ones, or none where only `arch` is given. */
async function openStart(
  { weights, arch }: FinetuneSettings,
  builtin: WeightSource | undefined,
  tell: Tell<FinetuneEvent>,
): Promise<Pretrained | null> {
  if (weights === undefined && arch !== undefined) return null;
  const opened = await openGivenOr(builtin, weights, tell);
  const { name, file } = opened;
  const tensors = [...file.tensors.values()];
  await tell({
    type: "weights",
    name,
    builtin: weights === undefined,
    format: file.format,
    tensors: tensors.length,
    elements: tensors.reduce((sum, { shape }) => sum + shape.reduce((n, side) => n * side, 1), 0),
  });
  return opened;
}
