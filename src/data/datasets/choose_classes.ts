import { type ClassFolder, type ClassFolders, compare, type NamedSource } from "./class_folders.ts";

/** An image or a class folder that was left out, and why. */
export interface Skipped {
  readonly what: "image" | "class";
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
  const skipped: Skipped[] = [];
  classes.forEach((name, label) => {
    const folder = options.keepEmpty ? found.folders.get(name) : folderOf(found, name);
    if (!folder || folder.images.length === 0) {
      const why = folder ? emptyText(folder, options.extensions) : "there is no such folder";
      if (options.onError === "throw" && !options.keepEmpty)
        throw new Error(`${found.root}/${name}: ${why}; ${WAY_OUT}`);
      skipped.push({ what: "class", name: `${found.root}/${name}`, why });
    }
    for (const image of folder?.images ?? []) images.push({ ...image, label });
  });
  if (images.length > 0 || !options.keepEmpty) return { classes, images, skipped };
  throw new Error(`${found.root}: there are no images of ${classes.join(", ")}`);
}

const WAY_OUT =
  'add images, take the folder away, name the wanted classes in "classes", or pass onError: "skip"';

function emptyText(folder: ClassFolder, extensions: readonly string[]): string {
  const others = folder.otherFiles > 0 ? `, only ${folder.otherFiles} other files` : "";
  return `this class folder holds no images (${extensions.join(" ")})${others}`;
}

function folderOf(found: ClassFolders, name: string): ClassFolder {
  const folder = found.folders.get(name);
  if (folder) return folder;
  const known = [...found.folders.keys()].sort(compare).join(", ");
  throw new Error(`${found.root}: no class folder "${name}"; there are ${known}`);
}

function checkLayout({ root, folders, looseImages }: ClassFolders, classes?: readonly string[]) {
  if (folders.size === 0) {
    const loose = looseImages > 0 ? `, but found ${looseImages} images directly in it` : "";
    throw new Error(
      `${root}: no class folders; expected ${root}/<class>/<image>${loose}. ` +
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
