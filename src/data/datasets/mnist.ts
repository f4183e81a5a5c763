import { checkOptions } from "../../base/index.ts";
import type { Source } from "../../platform/index.ts";
import { ArrayDataset } from "./array_dataset.ts";
import { type NamedBytes, readDataFile } from "./read_file.ts";

/** The two files of a set in MNIST's format. */
export interface MnistFiles {
  /** `…-images-idx3-ubyte`, plain or .gz. */
  images: Source;
  /** `…-labels-idx1-ubyte`, plain or .gz. */
  labels: Source;
  /** Class names; the digits by default. EMNIST and others with more classes need their own. */
  classes?: readonly string[];
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * MNIST and its relatives (Fashion-MNIST, KMNIST) in their original IDX files.
 *
 * Images are bytes of shape [1, rows, columns], 28×28 for MNIST; paper is 0, ink 255.
 *
 * @throws Error naming the file when it is no IDX file of that kind, when its size disagrees with its
 *   header, when the two files disagree, or a label is out of range.
 */
export async function mnist(files: MnistFiles): Promise<ArrayDataset> {
  checkOptions("mnist", files, ["images", "labels", "classes"]);
  const classes = files.classes ?? DIGITS;
  const [imageFile, labelFile] = await Promise.all([
    readDataFile(files.images, "the given images"),
    readDataFile(files.labels, "the given labels"),
  ]);
  const images = parseIdx(imageFile, 3, "images");
  const labels = parseIdx(labelFile, 1, "labels");
  if (images.shape[0] !== labels.shape[0]) {
    throw new Error(
      `${imageFile.name} holds ${images.shape[0]} images, but ${labelFile.name} ` +
        `${labels.shape[0]} labels: do they belong together?`,
    );
  }
  checkLabels(labels.data, classes.length, labelFile.name);
  const [, rows, columns] = images.shape;
  return new ArrayDataset(images.data, [1, rows, columns], Int32Array.from(labels.data), classes);
}

interface IdxArray {
  shape: number[];
  data: Uint8Array;
}

/** The magic number is two zero bytes, the element type (8: unsigned byte) and the rank. */
const magic = (rank: number) => 0x800 + rank;

/** IDX, by Y. LeCun: big-endian magic number, one size per dimension, then the elements. */
function parseIdx({ name, bytes }: NamedBytes, rank: number, what: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 4 + 4 * rank;
  const found = bytes.length >= 4 ? view.getUint32(0) : -1;
  if (found !== magic(rank)) {
    const other =
      found === magic(4 - rank) ? ` (that is a file of ${rank === 3 ? "labels" : "images"})` : "";
    throw new Error(
      `${name}: expected an IDX file of ${what}, magic number ${magic(rank)}, found ${found}${other}`,
    );
  }
  if (bytes.length < header) {
    throw new Error(`${name}: cut off after ${bytes.length} bytes, within its header of ${header}`);
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (shape.includes(0)) throw new Error(`${name}: holds no ${what}: sizes ${shape.join("×")}`);
  const expected = header + shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== expected) {
    throw new Error(
      `${name}: the header says ${shape.join("×")} (${expected} bytes in all), but there are ${bytes.length} bytes`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

function checkLabels(labels: Uint8Array, classes: number, name: string): void {
  const bad = labels.findIndex((label) => label >= classes);
  if (bad < 0) return;
  throw new Error(
    `${name}: record ${bad} has label ${labels[bad]}, expected 0 to ${classes - 1}; ` +
      'a set with more classes needs their names in "classes"',
  );
}
