import { IMAGE_ENDINGS, isJunk } from "../../src/data/index.ts";

/** Own pictures, by class: from a folder that is dropped on the page or chosen. */
export type Pictures = Record<string, File[]>;

const isImage = (name: string) => IMAGE_ENDINGS.some((end) => name.toLowerCase().endsWith(end));

/** @throws Error saying what the folder should look like. */
export function byClass(files: readonly { path: string; file: File }[]): Pictures {
  const classes = new Map<string, File[]>();
  for (const { path, file } of files) {
    const parts = path.split("/").filter(Boolean);
    if (parts.length < 2 || !isImage(file.name) || parts.some(isJunk)) continue;
    const name = parts[parts.length - 2].normalize("NFC");
    classes.set(name, [...(classes.get(name) ?? []), file]);
  }
  const small = [...classes].filter(([, images]) => images.length < 4).map(([name]) => name);
  if (classes.size < 2) {
    throw new Error(
      "That holds pictures of fewer than two classes: it takes a folder with one folder per class",
    );
  }
  if (small.length > 0) {
    throw new Error(`Too few pictures of ${small.join(", ")}: it takes at least four a class`);
  }
  return Object.fromEntries([...classes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The files of an `<input webkitdirectory>`. */
export function fromInput(list: FileList): Pictures {
  return byClass([...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** The files below everything that was dropped. */
export async function fromDrop(items: DataTransferItemList): Promise<Pictures> {
  // Entries must be taken before the first await: the list is empty afterwards.
  const entries = [...items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const found = await Promise.all(entries.map(walk));
  return byClass(found.flat());
}

async function walk(entry: FileSystemEntry): Promise<{ path: string; file: File }[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((done, fail) => entry.file(done, fail));
    return [{ path: entry.fullPath, file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // Chromium hands out a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((done, fail) =>
      reader.readEntries(done, fail),
    );
    if (some.length === 0) break;
    children.push(...some);
  }
  return (await Promise.all(children.map(walk))).flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
