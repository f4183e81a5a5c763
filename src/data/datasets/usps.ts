import type { Source } from "../../platform/index.ts";
import { ArrayDataset } from "./array_dataset.ts";
import { type NamedBytes, readDataFile } from "./read_file.ts";

const SIDE = 16;
const PIXELS = SIDE * SIDE;
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * USPS digits in the text format of "The Elements of Statistical Learning" (`zip.train.gz`,
 * `zip.test.gz`, or unpacked): a line per image with the digit and 256 grey values.
 *
 * @returns images of floats, shape [1, 16, 16], from −1 (paper) to 1 (ink).
 * @throws Error naming file and line when a line isn't a digit and 256 numbers from −1 to 1.
 */
export async function usps(file: Source): Promise<ArrayDataset> {
  const data = await readDataFile(file, "the given USPS file");
  const lines = new TextDecoder().decode(data.bytes).split("\n");
  while (lines.length > 0 && lines[lines.length - 1].trim() === "") lines.pop();
  if (lines.length === 0) throw new Error(`${data.name}: holds no lines`);
  const images = new Float32Array(lines.length * PIXELS);
  const labels = new Int32Array(lines.length);
  lines.forEach((line, i) => {
    const image = images.subarray(i * PIXELS, (i + 1) * PIXELS);
    labels[i] = parseLine(line, image, data, i);
  });
  return new ArrayDataset(images, [1, SIDE, SIDE], labels, DIGITS);
}

/** Fills `image` and returns the label. */
function parseLine(line: string, image: Float32Array, { name }: NamedBytes, index: number): number {
  const fields = line.trim().split(/\s+/);
  const where = `${name}: line ${index + 1}`;
  if (fields.length !== PIXELS + 1) {
    throw new Error(
      `${where} has ${fields.length} fields, expected ${PIXELS + 1}: the digit and ${PIXELS} grey values`,
    );
  }
  for (let i = 0; i < PIXELS; i++) {
    const value = Number(fields[i + 1]);
    if (!(value >= -1 && value <= 1)) {
      throw new Error(
        `${where}, value ${i + 1} is "${fields[i + 1]}", expected a number from -1 to 1`,
      );
    }
    image[i] = value;
  }
  const label = Number(fields[0]); // written as "6.0000" in the training file
  if (!DIGITS.includes(String(label))) {
    throw new Error(`${where} has label "${fields[0]}", expected a digit from 0 to 9`);
  }
  return label;
}
