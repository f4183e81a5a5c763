import type { WeightSource } from "../../formats/index.ts";
import type { DataSource } from "../data/types.ts";
import { SettingError } from "../errors.ts";
import { didYouMean } from "../text.ts";
import { type Setting, setting, text, type ValuesOf } from "./kinds.ts";
import { type NAMING, NETWORK } from "./network.ts";
import { DIVISION, TRAINING } from "./training.ts";

export type { Setting } from "./kinds.ts";
export { CONVERT, EVALUATE, INSPECT, PREDICT, TUNE } from "./tasks.ts";
export type { Augmentation, TuningName } from "./training.ts";

/** What comes as a path on a command line, and in more forms from a program: see `FinetuneSettings`. */
const SOURCES = {
  weights: setting(
    text("file"),
    "the weights to start from: a path, a URL or a name (see models); default: the built-in network's",
  ),
  data: setting(
    { ...text("paths..."), form: "words" },
    "pictures in one folder a class (also below train/ and val/ or test/), a CSV file of their labels, or MNIST, USPS or " +
      "CIFAR-10 files",
  ),
  validation: setting(text("path"), "validation data, of the same kinds"),
};

const RESULT = {
  save: setting(
    text("file"),
    "where the network goes; by its ending .safetensors, .pt, .npz, .h5 (Keras), .onnx or .json (TF.js)",
  ),
  report: setting(
    text("file.html"),
    "also write a page: curves, confusions, classes, mistakes, calibration; beside it the numbers as JSON",
  ),
};

/** All settings of a run, in the order in which help shows them. */
export const SETTINGS = { ...SOURCES, ...DIVISION, ...NETWORK, ...TRAINING, ...RESULT };

type Values = ValuesOf<typeof DIVISION> &
  ValuesOf<typeof NETWORK> &
  ValuesOf<typeof TRAINING> &
  ValuesOf<typeof RESULT>;

/** What a run is asked for; whatever is left out is decided from the rest. `SETTINGS` says what each means. */
export interface FinetuneSettings extends Values {
  /** A path (Node), a URL, a name of the registry, a File, bytes …: what `formats.loadWeights` takes. */
  readonly weights?: WeightSource;
  /** Default: digits that are drawn on the spot. */
  readonly data?: DataSource;
  readonly validation?: DataSource;
}

/** What tells which network a file holds, where it doesn't say it itself. */
export type NetworkSettings = ValuesOf<typeof NETWORK> & { readonly cut?: string };
export type NamingSettings = ValuesOf<typeof NAMING>;

/**
 * Sees that a program gave settings that there are, with values that they can have.
 *
 * @throws SettingError naming the setting.
 */
export function checkSettings(
  given: object,
  table: Readonly<Record<string, Setting<unknown>>> = SETTINGS,
): void {
  for (const [name, value] of Object.entries(given)) {
    const setting = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!setting) {
      throw new SettingError(
        `unknown setting "${name}"${didYouMean(name, Object.keys(table))}; there are ${Object.keys(table).join(", ")}`,
      );
    }
    if (value === undefined || name in SOURCES || setting.kind.accepts(value)) continue;
    const shown = JSON.stringify(value) ?? String(value);
    throw new SettingError(`{${name}}: ${shown} won't do; expected ${setting.kind.expected}`);
  }
}
