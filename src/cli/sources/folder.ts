import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { imageFolder } from "../../data/index.ts";
import { UsageError } from "../errors.ts";
import type { ResizeMode } from "../input.ts";
import { openFiles } from "./files.ts";
import type { OpenedData } from "./types.ts";

const TRAIN_PARTS = ["train", "training"];
const VALIDATION_PARTS = ["val", "valid", "validation", "test", "testing"];

export interface OpenOptions {
  /** Images of a folder are decoded to this size. */
  readonly size: number;
  readonly resize?: ResizeMode;
  readonly shorterSide?: number;
  readonly antialias?: boolean;
  readonly skipDamaged?: boolean;
  /** The classes of a folder, in the order of their numbers. Default: all, by name. */
  readonly classes?: readonly string[];
}

/**
 * Opens what `--data` names: a folder of class folders (also under `train` and `val` or `test`), a
 * folder with the files of MNIST, USPS or CIFAR-10, or such files themselves.
 *
 * @throws UsageError when it is none of these.
 */
export async function openData(
  paths: readonly string[],
  options: OpenOptions,
): Promise<OpenedData> {
  for (const path of paths) {
    if (!existsSync(path)) throw new UsageError(`${path}: no such file or folder`);
  }
  const [first] = paths;
  if (paths.length > 1 || !statSync(first).isDirectory()) return openFiles(paths);
  // What tools leave behind (".cache", "__MACOSX") is no class.
  const names = readdirSync(first).filter((name) => !/^\.|^__MACOSX$/.test(name));
  const isFolder = (name: string) =>
    statSync(join(first, name), { throwIfNoEntry: false })?.isDirectory() === true;
  const folders = names.sort().filter(isFolder);
  if (folders.length === 0) {
    const files = names.map((name) => join(first, name));
    return openFiles(files, first);
  }
  return openImages(first, folders, options);
}

/** Names the command's options in errors where the engine names its own. */
async function openFolder(...args: Parameters<typeof imageFolder>) {
  try {
    return await imageFolder(...args);
  } catch (error) {
    if (error instanceof Error) {
      error.message = error.message.replace(
        'name the wanted classes in "classes", or pass onError: "skip"',
        "or pass --skip-damaged",
      );
    }
    throw error;
  }
}

async function openImages(
  root: string,
  folders: readonly string[],
  { size, resize, shorterSide, antialias, skipDamaged, classes: wanted }: OpenOptions,
): Promise<OpenedData> {
  const part = (names: readonly string[]) =>
    folders.find((folder) => names.includes(folder.toLowerCase()));
  const [training, validation] = [part(TRAIN_PARTS), part(VALIDATION_PARTS)];
  const onError = skipDamaged ? "skip" : "throw";
  const common = { size, resize, shorterSide, antialias, onError } as const;
  const train = await openFolder(training ? join(root, training) : root, {
    ...common,
    classes: wanted,
  });
  // Class numbers must agree, so the training part's classes are asked for.
  const { classes } = train;
  const apart =
    training && validation
      ? await openFolder(join(root, validation), { ...common, classes })
      : null;
  return {
    name: basename(resolve(root)),
    kind: "image folder",
    train,
    validation: apart,
    channels: 3,
    size: null,
    toBytes: [],
  };
}
