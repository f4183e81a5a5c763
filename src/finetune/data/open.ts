import { messageOf } from "../../base/index.ts";
import { type FolderSource, imageFolder, isJunk } from "../../data/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError, WordedError } from "../errors.ts";
import { baseName, kindOf, stem, within } from "../places.ts";
import { isDataFile, openFiles } from "./files.ts";
import { isGiven, openGiven } from "./given.ts";
import { isLabelTable, namesPictures, openLabelTable } from "./label_table.ts";
import type { DataSource, OpenedData, OpenOptions } from "./types.ts";

const TRAIN_PARTS = ["train", "training"];
const VALIDATION_PARTS = ["val", "valid", "validation", "test", "testing"];

/** What tables of labels are called that lie beside folders of their pictures. */
const TABLE_NAMES = /^(labels|train|training)\.csv$/i;

/**
 * Opens what the setting `data` names: see `DataSource`.
 *
 * @throws SettingError when it is none of these.
 */
export async function openData(source: DataSource, options: OpenOptions): Promise<OpenedData> {
  const opened = await opening(source, options);
  const { several } = options;
  if (several === undefined || several === Boolean(opened.several)) return opened;
  throw new SettingError(
    `${opened.name}: its pictures have ${several ? "one class each" : "any number of labels"}, and here they are to have ` +
      `${several ? "any number of labels: name a table of them (CSV)" : "one class each"}`,
  );
}

async function opening(source: DataSource, options: OpenOptions): Promise<OpenedData> {
  if (isGiven(source)) return openGiven(source);
  const paths = pathsIn(source);
  if (!paths) return openPictures(source as FolderSource, "the given pictures", options);
  const [first, ...others] = paths;
  const kinds = await Promise.all(paths.map(kindOf));
  const absent = kinds.indexOf(null);
  if (absent >= 0) throw new SettingError(`${paths[absent]}: no such file or folder`);
  // Where there is no disk to ask, the name must tell.
  if (others.length === 0 && isLabelTable(first)) return openLabelTable(first, options);
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
  const names = entries.map(({ name }) => name);
  const tables = names.filter(isLabelTable);
  if (await hasTable(root, tables, folders)) return openTables(root, tables, options);
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

/** Beside folders, which may be classes, a table counts that is called so and tells of pictures. */
async function hasTable(
  root: string,
  tables: readonly string[],
  folders: readonly string[],
): Promise<boolean> {
  const called = tables.find((name) => TABLE_NAMES.test(name));
  if (folders.length === 0) return called !== undefined || tables.length === 1;
  return called !== undefined && (await namesPictures(within(root, called)));
}

/** The table of a folder, or one for each part of it. */
async function openTables(
  root: string,
  tables: readonly string[],
  options: OpenOptions,
): Promise<OpenedData> {
  const part = (parts: readonly string[]) =>
    tables.find((name) => parts.includes(stem(name).toLowerCase()));
  const training = part(["labels", ...TRAIN_PARTS]) ?? tables[0]!;
  const validation = part(VALIDATION_PARTS);
  const opened = await openLabelTable(within(root, training), options);
  const named = { ...opened, name: baseName(root) };
  if (validation === undefined || validation === training) return named;
  const { classes } = opened.train;
  const apart = await openLabelTable(within(root, validation), { ...options, classes });
  return {
    ...{ ...named, validation: apart.train },
    skipped: [...opened.skipped, ...apart.skipped],
  };
}

async function openPictures(
  source: FolderSource,
  name: string,
  options: OpenOptions,
): Promise<OpenedData> {
  const { skipDamaged, several, ...how } = options;
  if (several)
    throw new SettingError(
      `${name || "{validation}"}: folders give a picture one class, and here it is to have any number of labels; ` +
        "name a table of them (CSV)",
    );
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
