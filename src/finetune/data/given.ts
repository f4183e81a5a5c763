import type { Dataset } from "../../data/index.ts";
import { SettingError } from "../errors.ts";
import type { DataSource, GivenData, OpenedData } from "./types.ts";

/** Whether data is given as datasets. */
export function isGiven(source: DataSource): source is GivenData {
  if (typeof source !== "object" || !("train" in source)) return false;
  const { train } = source;
  return typeof train === "object" && "get" in train && typeof train.get === "function";
}

/**
 * Datasets of pictures of one square size, with bytes or numbers of 0..255.
 *
 * @throws SettingError where the pictures aren't square.
 */
export async function openGiven({ name, train, validation }: GivenData): Promise<OpenedData> {
  if (train.length === 0) throw new SettingError(`${name ?? "{data}"}: there are no pictures`);
  const { shape, label } = await train.get(0);
  const [channels, height, width] = shape;
  if (height !== width) {
    throw new SettingError(
      `${name ?? "{data}"}: pictures of ${width}×${height}; only square ones can be fed`,
    );
  }
  return {
    name: name ?? "the given datasets",
    kind: "datasets",
    several: typeof label !== "number",
    train: named(train),
    validation: validation ? named(validation) : null,
    channels,
    size: height,
    toBytes: [],
    skipped: [],
  };
}

/** Classes without names are called by their numbers. */
function named(set: Dataset): Dataset {
  if (set.classes || !set.labels) return set;
  const count = Array.from(set.labels).reduce((most, label) => Math.max(most, label + 1), 0);
  const classes = Array.from({ length: count }, (_, i) => `class ${i}`);
  const { length, labels } = set;
  return {
    length,
    labels,
    classes,
    get: (index) => set.get(index),
    nameOf: (index) => set.nameOf?.(index),
  };
}
