import { checkOptions } from "../../base/index.ts";
import type { Source } from "../../platform/index.ts";
import { ArrayDataset } from "./array_dataset.ts";
import { type NamedBytes, readDataFile } from "./read_file.ts";

/** CIFAR-10's classes in the official order (`batches.meta.txt`). */
export const CIFAR10_CLASSES: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

const PIXELS = 3 * 32 * 32;

export interface Cifar10Options {
  /** Other names for the ten classes. */
  classes?: readonly string[];
}

export interface Cifar100Options {
  /** Which of the two labels to take: 100 classes (the default) or 20 superclasses. */
  labels?: "fine" | "coarse";
  /** Class names, in the order of the official `*_label_names.txt`; numbers by default. */
  classes?: readonly string[];
}

/** How a record is laid out: its label bytes, then 1,024 red, 1,024 green and 1,024 blue bytes. */
interface RecordLayout {
  labelBytes: number;
  /** Which of the label bytes counts. */
  labelAt: number;
  classes: readonly string[];
}

/**
 * CIFAR-10 in its binary version (`data_batch_1.bin`, …, `test_batch.bin`, also .gz).
 *
 * @param files one or several files, joined in this order.
 * @returns images of bytes, shape [3, 32, 32], RGB.
 * @throws Error naming file and record when a file isn't whole records or a label is above 9.
 */
export function cifar10(
  files: Source | readonly Source[],
  options: Cifar10Options = {},
): Promise<ArrayDataset> {
  checkOptions("cifar10", options, ["classes"]);
  const classes = options.classes ?? CIFAR10_CLASSES;
  return readRecords(files, { labelBytes: 1, labelAt: 0, classes });
}

/** CIFAR-100 in its binary version (`train.bin`, `test.bin`): two label bytes, coarse then fine. */
export function cifar100(
  files: Source | readonly Source[],
  options: Cifar100Options = {},
): Promise<ArrayDataset> {
  checkOptions("cifar100", options, ["labels", "classes"]);
  const coarse = options.labels === "coarse";
  const numbers = Array.from({ length: coarse ? 20 : 100 }, (_, i) => String(i));
  const classes = options.classes ?? numbers;
  return readRecords(files, { labelBytes: 2, labelAt: coarse ? 0 : 1, classes });
}

async function readRecords(
  files: Source | readonly Source[],
  layout: RecordLayout,
): Promise<ArrayDataset> {
  const sources: readonly Source[] = isList(files) ? files : [files];
  if (sources.length === 0) throw new Error("CIFAR: no files were given");
  const read = await Promise.all(
    sources.map((source, i) => readDataFile(source, `the given CIFAR file ${i}`)),
  );
  for (const file of read) checkWhole(file, layout);
  const total = read.reduce((sum, file) => sum + countOf(file, layout), 0);
  const images = new Uint8Array(total * PIXELS);
  const labels = new Int32Array(total);
  let first = 0;
  for (const file of read) {
    unpack(file, layout, images.subarray(first * PIXELS), labels.subarray(first));
    first += countOf(file, layout);
  }
  return new ArrayDataset(images, [3, 32, 32], labels, layout.classes);
}

function isList(files: Source | readonly Source[]): files is readonly Source[] {
  return Array.isArray(files);
}

const recordSize = (layout: RecordLayout) => layout.labelBytes + PIXELS;
const countOf = (file: NamedBytes, layout: RecordLayout) => file.bytes.length / recordSize(layout);

function checkWhole({ name, bytes }: NamedBytes, layout: RecordLayout): void {
  const size = recordSize(layout);
  const rest = bytes.length % size;
  if (rest === 0) return;
  throw new Error(
    `${name}: ${bytes.length} bytes are no whole number of records of ${size} bytes ` +
      `(${layout.labelBytes} label, 3,072 pixels): record ${Math.floor(bytes.length / size)} ends after ${rest}. ` +
      "Expected the unpacked binary version (data_batch_1.bin, …), not the Python one or a .tar",
  );
}

function unpack(
  { name, bytes }: NamedBytes,
  layout: RecordLayout,
  images: Uint8Array,
  labels: Int32Array,
): void {
  const size = recordSize(layout);
  for (let record = 0; record * size < bytes.length; record++) {
    const start = record * size;
    const label = bytes[start + layout.labelAt];
    if (label >= layout.classes.length) {
      throw new Error(
        `${name}: record ${record} has label ${label}, expected 0 to ${layout.classes.length - 1}`,
      );
    }
    labels[record] = label;
    images.set(bytes.subarray(start + layout.labelBytes, start + size), record * PIXELS);
  }
}
