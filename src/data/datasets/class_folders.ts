import { type Picture, platform } from "../../platform/index.ts";

/**
 * Where an image folder comes from: a path (Node), the files of an `<input type="file" webkitdirectory>`, or a record of
 * class name → pictures.
 */
export type FolderSource =
  | string
  | URL
  | ArrayLike<File>
  | Readonly<Record<string, readonly Picture[]>>;

export interface NamedSource {
  readonly name: string;
  readonly source: Picture;
}

export interface ClassFolder {
  readonly images: NamedSource[];
  /** Names of files that don't look like images. */
  readonly others: string[];
}

export interface ClassFolders {
  /** What error messages call the whole. */
  readonly root: string;
  readonly folders: Map<string, ClassFolder>;
  /** Names of images that lie beside the class folders rather than in one. */
  readonly loose: string[];
}

/** Deeper than any real data set: a link to a folder above itself ends here. */
const MAX_DEPTH = 16;

/** Finds the class folders of `source` and the images in them, nested folders included. */
export async function findClassFolders(
  source: FolderSource,
  extensions: readonly string[],
): Promise<ClassFolders> {
  const isImage = (name: string) => extensions.some((end) => name.toLowerCase().endsWith(end));
  if (typeof source === "string" || source instanceof URL) {
    return fromPath(source instanceof URL ? source.href : source, isImage);
  }
  if (typeof source !== "object" || source === null) {
    throw new TypeError(
      `imageFolder: expected a path, files, or a record of class name → images, got ${source}`,
    );
  }
  return isFileList(source) ? fromFiles(source, isImage) : fromRecord(source);
}

type IsImage = (name: string) => boolean;

/** In small letters: of macOS, Synology, QNAP, Windows and ext4. */
const JUNK: readonly string[] = [
  ...["__macosx", "@eadir", "#recycle", "@recycle", "@recently-snapshot", "$recycle.bin"],
  ...["system volume information", "thumbs.db", "desktop.ini", "lost+found"],
];

/** ".DS_Store", "@eaDir", "$RECYCLE.BIN": what systems leave behind in folders. */
export function isJunk(name: string): boolean {
  return name.startsWith(".") || JUNK.includes(name.toLowerCase());
}

async function fromPath(path: string, isImage: IsImage): Promise<ClassFolders> {
  const root = path.replace(/(?<=.)[/\\]+$/, "");
  const found: ClassFolders = { root, folders: new Map(), loose: [] };
  for (const { name, kind } of await platform().listFolder(root)) {
    if (isJunk(name)) continue;
    if (kind === "file") found.loose.push(...(isImage(name) ? [name] : []));
    else addFolder(found, name, await walk(`${root}/${name}`, isImage, 1));
  }
  return found;
}

/** Names that look alike are one: macOS writes "é" as two characters, and others as one. */
function addFolder({ folders }: ClassFolders, given: string, added: ClassFolder): void {
  const name = given.normalize("NFC");
  const { images = [], others = [] } = folders.get(name) ?? {};
  folders.set(name, {
    images: [...images, ...added.images],
    others: [...others, ...added.others],
  });
}

async function walk(path: string, isImage: IsImage, depth: number): Promise<ClassFolder> {
  if (depth > MAX_DEPTH) throw new Error(`${path}: folders lie more than ${MAX_DEPTH} deep`);
  const found: ClassFolder = { images: [], others: [] };
  for (const { name, kind } of await platform().listFolder(path)) {
    if (isJunk(name)) continue;
    const full = `${path}/${name}`;
    if (kind === "folder") {
      const below = await walk(full, isImage, depth + 1);
      found.images.push(...below.images);
      found.others.push(...below.others);
    } else if (isImage(name)) found.images.push({ name: full, source: full });
    else found.others.push(name);
  }
  return found;
}

function isFileList(
  source: ArrayLike<File> | Readonly<Record<string, readonly Picture[]>>,
): source is ArrayLike<File> {
  return Array.isArray(source) || (typeof FileList !== "undefined" && source instanceof FileList);
}

/** Files with the paths that a folder input gives them: `<root>/<class>/…/<name>`. */
function fromFiles(files: ArrayLike<File>, isImage: IsImage): ClassFolders {
  const sorted = Array.from(files).sort((a, b) =>
    compare(a.webkitRelativePath, b.webkitRelativePath),
  );
  const root = sorted[0]?.webkitRelativePath.split("/")[0] || "the given files";
  const found: ClassFolders = { root, folders: new Map(), loose: [] };
  for (const file of sorted) {
    const parts = (file.webkitRelativePath || file.name).split("/");
    if (parts.some(isJunk)) continue;
    if (parts.length < 3) found.loose.push(...(isImage(file.name) ? [file.name] : []));
    else addFile(found, parts[1], file, isImage);
  }
  return found;
}

function addFile(found: ClassFolders, given: string, file: File, isImage: IsImage): void {
  const name = given.normalize("NFC");
  const folder = found.folders.get(name) ?? { images: [], others: [] };
  found.folders.set(name, folder);
  if (isImage(file.name)) folder.images.push({ name: file.webkitRelativePath, source: file });
  else folder.others.push(file.name);
}

/** Pictures given class by class are all taken for such: bytes have no extension. */
function fromRecord(record: Readonly<Record<string, readonly Picture[]>>): ClassFolders {
  const found: ClassFolders = { root: "the given classes", folders: new Map(), loose: [] };
  for (const [name, sources] of Object.entries(record)) {
    const images = sources.map((source, i) => ({ name: nameIn(name, source, i), source }));
    addFolder(found, name, { images, others: [] });
  }
  return found;
}

function nameIn(folder: string, source: Picture, index: number): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return source.href;
  const name = typeof File !== "undefined" && source instanceof File ? source.name : "";
  return `${folder}/${name || index}`;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
