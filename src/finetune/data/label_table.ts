import { type Dataset, type Example, imageFolder, type Skipped } from "../../data/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError } from "../errors.ts";
import { baseName, beside, kindOf } from "../places.ts";
import { some } from "../text.ts";
import { type CsvRow, csvRows } from "./csv.ts";
import type { OpenedData, OpenOptions } from "./types.ts";

/** Pictures and the labels of each, as a table names them. */
interface LabelTable {
  readonly classes: readonly string[];
  readonly pictures: readonly {
    readonly line: number;
    readonly file: string;
    readonly labels: readonly string[];
  }[];
}

const MIXED =
  "a table gives a picture any number of labels, and here each has one class; name data with one folder a class";

export const isLabelTable = (path: string) => /\.csv$/i.test(baseName(path));

/**
 * Opens pictures of which each has any number of labels, none too: a CSV file beside them, whose first column names the
 * pictures, from where the table lies. The labels follow in a second column, with spaces, ";" or "|" between them, or each
 * in a column of its own, as 1 and 0. The first line names the columns.
 *
 * @throws SettingError naming the line of whatever can't be meant.
 */
export async function openLabelTable(path: string, options: OpenOptions): Promise<OpenedData> {
  const { classes: known, skipDamaged, several = true, ...how } = options;
  if (!several) throw new SettingError(`${path}: ${MIXED}`);
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
  const labels = new Map(
    files.map((file, i) => [file, labelOf(table.pictures[i]!.labels, classes)]),
  );
  const missing = absent.map(
    (i): Skipped => ({
      ...{ what: "image", name: files[i]!, why: "there is no such file" },
    }),
  );
  return {
    name: baseName(path),
    kind: "label table",
    several: true,
    train: withLabels(folder, classes, labels),
    labelsOf: (name) => labels.get(name),
    validation: null,
    channels: 3,
    size: null,
    toBytes: [],
    skipped: [...missing, ...folder.skipped],
  };
}

async function absentOf(files: readonly string[]): Promise<number[]> {
  const kinds = await Promise.all(files.map(kindOf));
  return kinds.flatMap((kind, i) => (kind === null ? [i] : []));
}

function labelOf(labels: readonly string[], classes: readonly string[]): Float32Array {
  return Float32Array.from(classes, (name) => (labels.includes(name) ? 1 : 0));
}

function withLabels(
  set: Awaited<ReturnType<typeof imageFolder>>,
  classes: readonly string[],
  labels: ReadonlyMap<string, Float32Array>,
): Dataset {
  const nameOf = (index: number) => set.nameOf(index);
  const label = (index: number) => labels.get(nameOf(index))!;
  const get = (index: number): Example | Promise<Example> => {
    const found = set.get(index);
    if ("image" in found) return { ...found, label: label(index) };
    return found.then((example) => ({ ...example, label: label(index) }));
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
  const isYesNo = columns.length > 1 || rows.every(({ cells }) => YES_NO.test(cells[1]!));
  return isYesNo ? ofColumns(path, columns, rows) : ofLists(rows);
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
  return { classes: columns, pictures };
}

/** Where ";" or "|" stand anywhere, labels may have spaces in them. */
function ofLists(rows: readonly CsvRow[]): LabelTable {
  const between = rows.some(({ cells }) => /[;|]/.test(cells[1]!)) ? /[;|]/ : /[\s,]+/;
  const pictures = rows.map(({ line, cells: [file = "", list = ""] }) => {
    const labels = list.split(between).map((name) => name.trim().normalize("NFC"));
    return { line, file, labels: labels.filter((name) => name !== "") };
  });
  const classes = [...new Set(pictures.flatMap(({ labels }) => labels))].sort();
  return { classes, pictures };
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
