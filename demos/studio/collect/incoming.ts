import { IMAGE_ENDINGS, isJunk } from "../../../src/data/index.ts";

/** A file as it was dropped or chosen, with the folders that it lay in. */
export interface Incoming {
  readonly path: string;
  readonly file: File;
}

export interface Sorted {
  /** Pictures that lie in a folder, by its name. */
  readonly byClass: ReadonlyMap<string, readonly File[]>;
  /** Pictures that lie in none. */
  readonly loose: readonly File[];
  /** Files that may hold a network. */
  readonly weights: readonly File[];
  /** What is neither. */
  readonly others: readonly File[];
}

const WEIGHTS = /\.(safetensors|pt|pth|th|h5|hdf5|keras|onnx|npz|bin|json|zip)$/i;
/** TensorFlow.js' shards have no ending. */
const SHARD = /shard\d+of\d+/i;

const isPicture = ({ name, type }: File) =>
  type.startsWith("image/") || IMAGE_ENDINGS.some((end) => name.toLowerCase().endsWith(end));

/** Sorts what came: into classes by the folder that a picture lies in, weights of a network, and what is of no use. */
export function sortFiles(incoming: readonly Incoming[]): Sorted {
  const byClass = new Map<string, File[]>();
  const loose: File[] = [];
  const weights: File[] = [];
  const others: File[] = [];
  for (const { path, file } of incoming) {
    const parts = path.split("/").filter(Boolean);
    if (parts.some(isJunk)) continue;
    const folder = parts.at(-2)?.normalize("NFC");
    if (isPicture(file)) {
      if (folder === undefined) loose.push(file);
      else if (!byClass.get(folder)?.push(file)) byClass.set(folder, [file]);
    } else if (WEIGHTS.test(file.name) || SHARD.test(file.name)) weights.push(file);
    else others.push(file);
  }
  // A text beside pictures or weights says where they are from: nothing to complain about.
  const found = byClass.size > 0 || loose.length > 0 || weights.length > 0;
  const kept = others.filter(({ name }) => !(found && /\.(txt|md)$|^licen[cs]e$/i.test(name)));
  return { byClass, loose, weights, others: kept };
}

/** The files of an `<input>`, with their folders where one was chosen. */
export function fromInput(list: FileList | null): Incoming[] {
  return [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** The files below everything that was dropped. */
export async function fromDrop(items: DataTransferItemList): Promise<Incoming[]> {
  // Both must be taken before the first await: the list is empty afterwards.
  const taken = [...items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(
    taken.map(({ entry, file }) => {
      if (entry) return walk(entry);
      return file ? [{ path: file.name, file }] : [];
    }),
  );
  return found.flat();
}

/** A link to a folder above itself ends here. */
const DEEPEST = 16;

async function walk(entry: FileSystemEntry, depth = 0): Promise<Incoming[]> {
  if (isFile(entry)) {
    const file = await new Promise<File | null>((done) => entry.file(done, () => done(null)));
    return file ? [{ path: entry.fullPath, file }] : [];
  }
  if (!isFolder(entry) || depth > DEEPEST) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // Chromium hands out a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((done) =>
      reader.readEntries(done, () => done([])),
    );
    if (some.length === 0) break;
    children.push(...some);
  }
  return (await Promise.all(children.map((child) => walk(child, depth + 1)))).flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
