import { type ClassFolder, type ClassFolders, compare, type NamedSource } from "./class_folders.ts";

/** What was left out, and why: an image, a class folder, or the files of a folder that were no candidates. */
export interface Skipped {
  readonly what: "image" | "class" | "files";
  readonly name: string;
  readonly why: string;
}

export interface ChosenImage extends NamedSource {
  readonly label: number;
}

export interface ChosenClasses {
  readonly classes: string[];
  readonly images: ChosenImage[];
  readonly skipped: Skipped[];
}

export interface ChoiceOptions {
  readonly classes?: readonly string[];
  readonly extensions: readonly string[];
  readonly onError: "throw" | "skip";
  /** Whether a wanted class without images keeps its number. */
  readonly keepEmpty: boolean;
}

/** Folders that hold a part of a data set rather than a class of it. */
const PARTS = ["train", "training", "val", "valid", "validation", "test", "testing"];

/**
 * Numbers the classes and collects their images.
 *
 * @throws Error when there are no class folders, or one that is wanted is missing or (unless errors
 *   are skipped) empty.
 */
export function chooseClasses(found: ClassFolders, options: ChoiceOptions): ChosenClasses {
  const wanted = options.classes?.map((name) => name.normalize("NFC"));
  checkLayout(found, wanted);
  const twice = wanted?.find((name, i, all) => all.indexOf(name) < i);
  if (twice !== undefined) throw new Error(`imageFolder: classes names "${twice}" twice`);
  const classes = wanted ?? [...found.folders.keys()].sort(compare);
  const images: ChosenImage[] = [];
  const skipped = looseIn(found);
  classes.forEach((name, label) => {
    const folder = options.keepEmpty ? found.folders.get(name) : folderOf(found, name);
    if (!folder || folder.images.length === 0) {
      const why = folder ? emptyText(folder, options.extensions) : "there is no such folder";
      if (options.onError === "throw" && !options.keepEmpty)
        throw new Error(`${found.root}/${name}: ${why}; ${WAY_OUT}`);
      skipped.push({ what: "class", name: `${found.root}/${name}`, why });
    }
    for (const image of folder?.images ?? []) images.push({ ...image, label });
    if (folder?.images.length) skipped.push(...othersIn(`${found.root}/${name}`, folder));
  });
  if (images.length > 0 || !options.keepEmpty) return { classes, images, skipped };
  throw new Error(`${found.root}: there are no images of ${classes.join(", ")}`);
}

function looseIn({ root, loose }: ClassFolders): Skipped[] {
  if (loose.length === 0) return [];
  const why = `${countOf(loose, "image")} beside the class folders, in none of them: ${someOf(loose)}`;
  return [{ what: "files", name: root, why }];
}

function othersIn(name: string, { others }: ClassFolder): Skipped[] {
  if (others.length === 0) return [];
  const isOne = others.length === 1;
  const why = `${countOf(others, "file")} ${isOne ? "is no image" : "are no images"} by name: ${someOf(others)}`;
  return [{ what: "files", name, why }];
}

const countOf = ({ length }: readonly string[], what: string) =>
  `${length} ${what}${length === 1 ? "" : "s"}`;

const someOf = (names: readonly string[]) =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");

const WAY_OUT =
  'add images, take the folder away, name the wanted classes in "classes", or pass onError: "skip"';

function emptyText(folder: ClassFolder, extensions: readonly string[]): string {
  const { length } = folder.others;
  const others = length > 0 ? `, only ${length} other files` : "";
  return `this class folder holds no images (${extensions.join(" ")})${others}`;
}

function folderOf(found: ClassFolders, name: string): ClassFolder {
  const folder = found.folders.get(name);
  if (folder) return folder;
  const known = [...found.folders.keys()].sort(compare).join(", ");
  throw new Error(`${found.root}: no class folder "${name}"; there are ${known}`);
}

function checkLayout({ root, folders, loose }: ClassFolders, classes?: readonly string[]) {
  if (folders.size === 0) {
    const instead = loose.length > 0 ? `, but found ${loose.length} images directly in it` : "";
    throw new Error(
      `${root}: no class folders; expected ${root}/<class>/<image>${instead}. ` +
        "Put the images of each class into a folder of its own",
    );
  }
  const names = [...folders.keys()];
  if (!classes && names.every((name) => PARTS.includes(name.toLowerCase()))) {
    throw new Error(
      `${root}: the folders ${names.join(", ")} look like parts of a data set, not like classes: ` +
        `open ${root}/${names[0]} instead, or pass "classes"`,
    );
  }
}
