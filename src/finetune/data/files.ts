import { cifar10, mnist, transforms, usps } from "../../data/index.ts";
import { SettingError } from "../errors.ts";
import { baseName, beside } from "../places.ts";
import { some } from "../text.ts";
import type { OpenedData } from "./types.ts";

const IMAGES = /images[-.]idx3/i;
const LABELS = /labels[-.]idx1/i;
const CIFAR = /\.bin(\.gz)?$/i;
const USPS = /^(zip\.(train|test|info)?|usps)/i;
const TEST = /test|t10k|val/i;

const SUPPORTED =
  "a folder with one folder of images per class, a table of several labels an image (CSV, with the images beside it), or the original files of MNIST (…-images-idx3-ubyte, " +
  "…-labels-idx1-ubyte), USPS (zip.train.gz, zip.test.gz) or CIFAR-10 (data_batch_1.bin, …)";

/**
 * Opens data files by their kind; those named "test" or "t10k" are kept for validation.
 *
 * @param folder the folder that they are all the files of.
 * @throws SettingError when they are of no kind that is known.
 */
export async function openFiles(paths: readonly string[], folder?: string): Promise<OpenedData> {
  const named = (pattern: RegExp) => paths.filter((path) => pattern.test(baseName(path)));
  const where = folder ?? paths[0] ?? ".";
  const name = baseName(where);
  if (named(IMAGES).length > 0) return openMnist(paths, name);
  if (named(CIFAR).length > 0) return openCifar(named(CIFAR), name);
  if (named(USPS).length > 0) return openUsps(named(USPS), name);
  const found = paths.length > 0 ? `found ${some(paths.map(baseName))}` : "it is empty";
  throw new SettingError(`${where}: ${found}; {data} takes ${SUPPORTED}`);
}

/** Whether one name of a file tells its kind. */
export function isDataFile(path: string): boolean {
  return [IMAGES, CIFAR, USPS].some((pattern) => pattern.test(baseName(path)));
}

/** Training and test files; all are for training when every one is called a test. */
function parts(paths: readonly string[]): { train: string[]; test: string[] } {
  const test = paths.filter((path) => TEST.test(baseName(path)));
  const train = paths.filter((path) => !test.includes(path));
  return train.length > 0 ? { train, test } : { train: test, test: [] };
}

async function openCifar(paths: readonly string[], name: string): Promise<OpenedData> {
  const { train, test } = parts(paths);
  return {
    name,
    kind: "CIFAR-10",
    train: await cifar10(train),
    validation: test.length > 0 ? await cifar10(test) : null,
    channels: 3,
    size: 32,
    toBytes: [],
    skipped: [],
  };
}

async function openUsps(paths: readonly string[], name: string): Promise<OpenedData> {
  const files = paths.filter((path) => !/info/i.test(baseName(path)));
  const { train, test } = parts(files);
  return {
    name,
    kind: "USPS",
    train: await usps(one(train, "USPS")),
    validation: test.length > 0 ? await usps(one(test, "USPS")) : null,
    channels: 1,
    size: 16,
    toBytes: [transforms.rescale(127.5, 127.5)], // the file has −1..1
    skipped: [],
  };
}

async function openMnist(paths: readonly string[], name: string): Promise<OpenedData> {
  const { train, test } = parts(paths.filter((path) => IMAGES.test(baseName(path))));
  const trainSet = await openIdx(one(train, "MNIST images"), paths);
  return {
    name,
    kind: "MNIST",
    train: trainSet,
    validation: test.length > 0 ? await openIdx(one(test, "MNIST images"), paths) : null,
    channels: 1,
    size: trainSet.shape[1],
    toBytes: [],
    skipped: [],
  };
}

/** The labels lie beside the images, under the same name but for two words. */
function openIdx(images: string, paths: readonly string[]) {
  const name = baseName(images).replace(/images([-.])idx3/i, "labels$1idx1");
  const given = paths.filter((path) => LABELS.test(baseName(path)));
  const labels = given.find((path) => baseName(path) === name) ?? beside(images, name);
  return mnist({ images, labels });
}

function one(paths: readonly string[], what: string): string {
  if (paths.length === 1) return paths[0];
  throw new SettingError(`{data}: ${paths.length} files of ${what} for one part: name one of them`);
}
