import { type Dataset, type Example, imageFolder, type Skipped } from "../../data/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError } from "../errors.ts";
import { baseName, beside, kindOf } from "../places.ts";
import { some } from "../text.ts";
import { type CsvRow, csvRows } from "./csv.ts";
import type { OpenedData, OpenOptions } from "./types.ts";

/** Pictures and the labels of each, as a table names them. */
interface LabelTable {
  /** Whether a picture has any number of labels, rather than one class. */
  readonly several: boolean;
  readonly classes: readonly string[];
  readonly pictures: readonly {
    readonly line: number;
    readonly file: string;
    readonly labels: readonly string[];
  }[];
}

/** What a column of one class a picture is called, and one of any number of labels. */
const ONE = /^(label|class|category|target)$/i;
const SEVERAL = /^(labels|classes|categories|tags)$/i;

export const isLabelTable = (path: string) => /\.csv$/i.test(baseName(path));

/**
 * Opens pictures whose labels a CSV file beside them tells. Its first column names the pictures, from where the table lies, and
 * its first line the columns. A second column called `label` or `class` gives each picture one class. Any number of labels, none
 * too, are in a second column called `labels` or `tags`, with spaces, ";" or "|" between them, or each in a column of its own, as
 * 1 and 0. A second column of any other name gives classes where it has one word a picture.
 *
 * @throws SettingError naming the line of whatever can't be meant.
 */
export async function openLabelTable(path: string, options: OpenOptions): Promise<OpenedData> {
  const { classes: known, skipDamaged, several: _, ...how } = options;
  const table = await readTable(path);
  const classes = known ?? table.classes;
  checkClasses(path, table, classes, known !== undefined);
  const files = table.pictures.map(({ file }) => beside(path, file));
  const absent = await absentOf(files);
  const first = table.pictures[absent[0] ?? -1];
  if (first && !skipDamaged)
    throw new SettingError(
      `${path}, line ${first.line}: there is no picture ${first.file} beside it; mend the table, or pass {skipDamaged}`,
    );
  const pictures = files.filter((_, i) => !absent.includes(i));
  const folder = await imageFolder(
    { pictures },
    { ...how, onError: skipDamaged ? "skip" : "throw" },
  );
  const rows = files.map((file, i) => [file, table.pictures[i]!.labels] as const);
  const missing = absent.map(
    (i): Skipped => ({
      ...{ what: "image", name: files[i]!, why: "there is no such file" },
    }),
  );
  return {
    name: baseName(path),
    kind: "label table",
    several: table.several,
    ...(table.several ? severalOf(folder, rows, classes) : oneOf(folder, rows, classes)),
    validation: null,
    channels: 3,
    size: null,
    toBytes: [],
    skipped: [...missing, ...folder.skipped],
  };
}

/** Whether a table tells of any picture beside it: one may lie about that is about something else. */
export async function namesPictures(path: string): Promise<boolean> {
  const text = new TextDecoder().decode(await platform().readFile(path));
  const files = csvRows(text).map(({ cells }) => beside(path, cells[0]!));
  return (await absentOf(files)).length < files.length;
}

async function absentOf(files: readonly string[]): Promise<number[]> {
  const kinds = await Promise.all(files.map(kindOf));
  return kinds.flatMap((kind, i) => (kind === null || kind === "folder" ? [i] : []));
}

type Folder = Awaited<ReturnType<typeof imageFolder>>;
type Rows = readonly (readonly [file: string, labels: readonly string[]])[];

function severalOf(folder: Folder, rows: Rows, classes: readonly string[]) {
  const labels = new Map(
    rows.map(([file, own]) => [file, Float32Array.from(classes, (name) => +own.includes(name))]),
  );
  return {
    train: withLabels(folder, classes, (name) => labels.get(name)!),
    labelsOf: (name: string) => labels.get(name),
  };
}

function oneOf(folder: Folder, rows: Rows, classes: readonly string[]) {
  const numbers = new Map(rows.map(([file, [name = ""]]) => [file, classes.indexOf(name)]));
  const numberOf = (name: string) => numbers.get(name)!;
  const labels = Array.from({ length: folder.length }, (_, i) => numberOf(folder.nameOf(i)));
  return { train: { ...withLabels(folder, classes, numberOf), labels } };
}

function withLabels(
  set: Folder,
  classes: readonly string[],
  labelOf: (name: string) => number | Float32Array,
): Dataset {
  const nameOf = (index: number) => set.nameOf(index);
  const get = (index: number): Example | Promise<Example> => {
    const label = labelOf(nameOf(index));
    const found = set.get(index);
    return "image" in found ? { ...found, label } : found.then((one) => ({ ...one, label }));
  };
  return { length: set.length, classes, nameOf, get };
}

async function readTable(path: string): Promise<LabelTable> {
  const text = new TextDecoder().decode(await platform().readFile(path));
  const [head, ...rows] = csvRows(text);
  const columns = head?.cells.slice(1) ?? [];
  if (!head || columns.length === 0)
    throw new SettingError(
      `${path}: a table of labels has a line that names its columns, the pictures' first, and labels in the others`,
    );
  if (rows.length === 0) throw new SettingError(`${path}: it names no picture`);
  for (const { line, cells } of rows) {
    if (cells.length === head.cells.length && cells[0] !== "") continue;
    const what = cells[0] === "" ? "no picture" : `${cells.length} cells`;
    throw new SettingError(
      `${path}, line ${line}: ${what}, where line 1 names ${head.cells.length} columns`,
    );
  }
  checkTwice(path, rows);
  if (columns.length === 1 && ONE.test(columns[0]!)) return ofClasses(path, rows);
  const isYesNo = columns.length > 1 || rows.every(({ cells }) => YES_NO.test(cells[1]!));
  if (isYesNo) return ofColumns(path, columns, rows);
  const isOneWord = rows.every(({ cells }) => /^[^\s,;|]+$/.test(cells[1]!));
  return isOneWord && !SEVERAL.test(columns[0]!) ? ofClasses(path, rows) : ofLists(rows);
}

function ofClasses(path: string, rows: readonly CsvRow[]): LabelTable {
  const pictures = rows.map(({ line, cells: [file = "", name = ""] }) => {
    if (name === "") throw new SettingError(`${path}, line ${line}: ${file} has no class`);
    return { line, file, labels: [name.normalize("NFC")] };
  });
  const classes = [...new Set(pictures.flatMap(({ labels }) => labels))].sort();
  return { several: false, classes, pictures };
}

function checkTwice(path: string, rows: readonly CsvRow[]): void {
  const lines = new Map<string, number>();
  for (const { line, cells } of rows) {
    const before = lines.get(cells[0]!);
    if (before !== undefined)
      throw new SettingError(
        `${path}, line ${line}: ${cells[0]} was there in line ${before}; a picture has one line with all its labels`,
      );
    lines.set(cells[0]!, line);
  }
}

const YES_NO = /^(0|1)(\.0*)?$/;

function ofColumns(path: string, given: readonly string[], rows: readonly CsvRow[]): LabelTable {
  const columns = given.map((name) => name.normalize("NFC"));
  const pictures = rows.map(({ line, cells: [file = "", ...cells] }) => {
    const wrong = cells.findIndex((cell) => !YES_NO.test(cell));
    if (wrong >= 0)
      throw new SettingError(
        `${path}, line ${line}: "${cells[wrong]}" in the column ${columns[wrong]}; labels in columns of their own are 0 or 1, ` +
          'and several in one column, the second, have spaces, ";" or "|" between them',
      );
    return { line, file, labels: columns.filter((_, i) => cells[i]!.startsWith("1")) };
  });
  return { several: true, classes: columns, pictures };
}

/** Where ";" or "|" stand anywhere, labels may have spaces in them. */
function ofLists(rows: readonly CsvRow[]): LabelTable {
  const between = rows.some(({ cells }) => /[;|]/.test(cells[1]!)) ? /[;|]/ : /[\s,]+/;
  const pictures = rows.map(({ line, cells: [file = "", list = ""] }) => {
    const labels = list.split(between).map((name) => name.trim().normalize("NFC"));
    return { line, file, labels: labels.filter((name) => name !== "") };
  });
  const classes = [...new Set(pictures.flatMap(({ labels }) => labels))].sort();
  return { several: true, classes, pictures };
}

/** @param isKnown whether the classes are a network's, or those trained on. */
function checkClasses(
  path: string,
  { pictures, classes: own }: LabelTable,
  classes: readonly string[],
  isKnown: boolean,
): void {
  const strange = own.filter((name) => !classes.includes(name));
  if (strange.length > 0) {
    const { line } = pictures.find(({ labels }) => labels.includes(strange[0]!)) ?? { line: 1 };
    throw new SettingError(
      `${path}, line ${line}: nothing was trained to know ${some(strange)}; the labels are ${some(classes)}`,
    );
  }
  if (classes.length === 0) throw new SettingError(`${path}: no picture has a label`);
  const used = new Set(pictures.flatMap(({ labels }) => labels));
  const idle = classes.filter((name) => !used.has(name));
  if (idle.length > 0 && !isKnown)
    throw new SettingError(
      `${path}: no picture has the label ${some(idle)}, so it can't be learned; leave out its column`,
    );
}
