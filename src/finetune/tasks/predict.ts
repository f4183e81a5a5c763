import type { Task } from "../../base/index.ts";
import { imageFolder, type Picture, type Skipped } from "../../data/index.ts";
import { pictureOptions } from "../../models/index.ts";
import { againIfLost, type Prediction, predict as predictWith } from "../../train/index.ts";
import { findPictures } from "../data/pictures.ts";
import { startDevice } from "../device.ts";
import type { AdapterEvent, NetworkEvent } from "../events.ts";
import { lossFor } from "../labels/answers.ts";
import { inputTransforms } from "../network/input.ts";
import { openSaved, type SavedSettings } from "../network/saved.ts";
import type { OpeningEvent } from "../network/weights.ts";
import { taskOf } from "../task.ts";
import { plural, some } from "../text.ts";
import type { TaskOptions } from "./options.ts";

/** What `predict` is asked for. */
export interface PredictSettings extends SavedSettings {
  /** Paths of pictures and of folders with pictures (Node), URLs, Files, and whatever else is a picture. */
  readonly pictures: readonly Picture[];
  /** Images at a time. Default 32. */
  readonly batchSize?: number;
}

/** What a picture shows. */
export interface PictureClasses {
  readonly picture: string;
  /** The likeliest first. */
  readonly classes: readonly RankedClass[];
  /** Of a network with several labels, those that it gives the picture, which may be none. */
  readonly labels?: readonly string[];
}

/** A class and how likely it is. */
export interface RankedClass {
  readonly name: string;
  /** From 0 to 1. */
  readonly probability: number;
}

/** What `predict` found. */
export interface Predictions {
  readonly found: readonly PictureClasses[];
  /** Pictures that can't be read. */
  readonly skipped: readonly Skipped[];
}

/** What `predict` tells while it works. */
export type PredictEvent = OpeningEvent | NetworkEvent | AdapterEvent;

/**
 * Names the classes of pictures with a network from a file. Pictures that can't be read are left out, and the others
 * answered.
 *
 * @throws SettingError when there is no picture; Error when none of them can be read.
 */
export function predict(
  settings: PredictSettings,
  { signal, builtin }: TaskOptions = {},
): Task<PredictEvent, Predictions> {
  return taskOf(async (tell) => {
    const { pictures, others } = await findPictures(settings.pictures);
    if (others.length > 0) {
      const are = others.length === 1 ? "is no picture" : "are no pictures";
      const message = `left out: ${plural(others.length, "file")} ${are} by name: ${some(others)}`;
      await tell({ type: "warning", message });
    }
    const network = await openSaved(settings, builtin, tell);
    const { input, classes, thresholds } = network.info;
    await tell({ type: "network", name: network.name, network: network.info });
    const set = await imageFolder({ pictures }, { ...pictureOptions(input), onError: "skip" });
    await startDevice(undefined, tell);
    const transform = inputTransforms({ channels: 3, size: null, toBytes: [] }, input);
    const { batchSize = 32 } = settings;
    const how = { batchSize, transform, classes, loss: lossFor(network.info) };
    const predictions = await againIfLost(() => predictWith(network.create(), set, how));
    const found = predictions.map((prediction, i) => ({
      picture: set.nameOf(i),
      classes: ranked(prediction, classes),
      ...(thresholds && { labels: given(prediction, classes, thresholds) }),
    }));
    return { found, skipped: set.skipped };
  }, signal);
}

function given(
  { probabilities }: Prediction,
  classes: readonly string[],
  thresholds: readonly number[],
): string[] {
  return classes.filter((_, c) => probabilities[c]! >= thresholds[c]!);
}

function ranked({ probabilities }: Prediction, classes: readonly string[]): RankedClass[] {
  return Array.from(probabilities, (probability, i) => ({
    name: classes[i] ?? String(i),
    probability,
  })).sort((a, b) => b.probability - a.probability);
}
