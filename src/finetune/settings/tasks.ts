import { choice, flag, type Setting, setting, share, text, toggle, wholeNumber } from "./kinds.ts";
import { NAMING, NETWORK } from "./network.ts";

type Table = Readonly<Record<string, Setting<unknown>>>;

/** A network from a file, used as it is. */
const SAVED = {
  weights: setting(
    text("file"),
    "its weights: a path, URL or name of the registry; the built-in network's when left out",
  ),
  ...NAMING,
  ...NETWORK,
};

const report = setting(
  text("file.html"),
  "also write a page that tells how good it is, class by class, with its mistakes; beside it the numbers as JSON",
);

const threshold = setting(
  share(),
  "of several labels give those that are at least so likely (default: as the network was saved with, each its own)",
);

const batchSize = setting(wholeNumber("count", 1), "images at a time", 32);

/** The settings of `evaluate`. */
export const EVALUATE = {
  ...SAVED,
  threshold,
  batchSize,
  quick: setting(flag(), "fewer of the built-in pictures"),
  data: setting(
    { ...text("paths..."), form: "words" },
    "labelled pictures, as for finetune; of data in parts, the validation or test part",
  ),
  report,
} satisfies Table;

/** The settings of `predict`, but for the pictures. */
export const PREDICT = { ...SAVED, threshold, batchSize } satisfies Table;

/** The settings of `inspect`, but for the file. */
export const INSPECT = {
  ...NETWORK,
  cost: setting(toggle(), "tell operations and memory, which takes building the network (default)"),
} satisfies Table;

/** The settings of `convert`, but for the files. */
export const CONVERT = {
  ...NAMING,
  ...NETWORK,
  dtype: setting(
    choice("type", ["f32", "f16", "bf16", "i8"]),
    "store numbers in half precision, or in 8 bits",
  ),
  probabilities: setting(flag(), "end the network with a softmax, in formats that hold networks"),
  data: setting(
    { ...text("paths..."), form: "words" },
    "labelled pictures, as for eval: tells the accuracy before and after",
  ),
  overwrite: setting(flag(), "write over what is there already"),
} satisfies Table;

/** The settings of `tune`. */
export const TUNE = {
  weights: setting(text("file"), "the network of a weight file, or of a name of the registry"),
  ...NETWORK,
  batchSize: setting(wholeNumber("count", 1), "images a step", 32),
} satisfies Table;
