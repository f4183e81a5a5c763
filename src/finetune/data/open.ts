import { messageOf } from "../../base/index.ts";
import { type FolderSource, imageFolder, isJunk, type ResizeMode } from "../../data/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError, WordedError } from "../errors.ts";
import { baseName, kindOf, within } from "../places.ts";
import { isDataFile, openFiles } from "./files.ts";
import { isGiven, openGiven } from "./given.ts";
import type { DataSource, OpenedData } from "./types.ts";

const TRAIN_PARTS = ["train", "training"];
const VALIDATION_PARTS = ["val", "valid", "validation", "test", "testing"];

export interface OpenOptions {
  /** Images of a folder are decoded to this size. */
  readonly size: number;
  readonly resize?: ResizeMode;
  readonly shorterSide?: number;
  readonly antialias?: boolean;
  readonly skipDamaged?: boolean;
  /** The classes of a folder, in the order of their numbers; some may have no pictures. Default: all, by name. */
  readonly classes?: readonly string[];
}

/**
 * Opens what the setting `data` names: see `DataSource`.
 *
 * @throws SettingError when it is none of these.
 */
export async function openData(source: DataSource, options: OpenOptions): Promise<OpenedData> {
  if (isGiven(source)) return openGiven(source);
  const paths = pathsIn(source);
  if (!paths) return openPictures(source as FolderSource, "the given pictures", options);
  const [first, ...others] = paths;
  const kinds = await Promise.all(paths.map(kindOf));
  const absent = kinds.indexOf(null);
  if (absent >= 0) throw new SettingError(`${paths[absent]}: no such file or folder`);
  // Where there is no disk to ask, the name must tell.
  const isFolder = kinds[0] === undefined ? !isDataFile(first) : kinds[0] === "folder";
  return others.length > 0 || !isFolder ? openFiles(paths) : openFolder(first, options);
}

function pathsIn(source: DataSource): readonly string[] | null {
  const paths = typeof source === "string" ? [source] : source;
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === "string")) return null;
  if (paths.length > 0) return paths;
  throw new SettingError("{data}: no path is given");
}

/** A folder of class folders, of parts that hold them, or of data files. */
async function openFolder(root: string, options: OpenOptions): Promise<OpenedData> {
  const entries = (await platform().listFolder(root)).filter(({ name }) => !isJunk(name));
  const folders = entries.filter(({ kind }) => kind === "folder").map(({ name }) => name);
  if (folders.length === 0) {
    const files = entries.map(({ name }) => within(root, name));
    return openFiles(files, root);
  }
  const part = (names: readonly string[]) =>
    folders.find((folder) => names.includes(folder.toLowerCase()));
  const [training, validation] = [part(TRAIN_PARTS), part(VALIDATION_PARTS)];
  const where = training === undefined ? root : within(root, training);
  const opened = await openPictures(where, baseName(root), options);
  if (training === undefined || validation === undefined) return opened;
  // Class numbers must agree, so the training part's classes are asked for.
  const { classes } = opened.train;
  const apart = await openPictures(within(root, validation), "", { ...options, classes });
  return {
    ...opened,
    validation: apart.train,
    // That a class has no pictures to validate with is seen when they are counted.
    skipped: [...opened.skipped, ...apart.skipped.filter(({ what }) => what !== "class")],
  };
}

async function openPictures(
  source: FolderSource,
  name: string,
  options: OpenOptions,
): Promise<OpenedData> {
  const { skipDamaged, ...how } = options;
  const onError = skipDamaged ? "skip" : "throw";
  const emptyClasses = options.classes ? "keep" : "throw";
  try {
    const train = await imageFolder(source, { ...how, onError, emptyClasses });
    return {
      name,
      kind: "image folder",
      train,
      validation: null,
      channels: 3,
      size: null,
      toBytes: [],
      skipped: train.skipped,
    };
  } catch (cause) {
    throw inOurWords(cause);
  }
}

/** Names the setting where the engine names its own option. */
function inOurWords(cause: unknown): unknown {
  const theirs = 'name the wanted classes in "classes", or pass onError: "skip"';
  const message = messageOf(cause);
  if (!message.includes(theirs)) return cause;
  return new WordedError(message.replace(theirs, "or pass {skipDamaged}"), { cause });
}
