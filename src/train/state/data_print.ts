import type { Dataset } from "../../data/index.ts";
import { crc32 } from "../../formats/index.ts";

/** What a checkpoint knows of the data set that a run works through. Plain data. */
export interface DataPrint {
  /** Of all labels in their order; absent where the set doesn't tell them without reading examples. */
  readonly labels?: string;
  /** Of all examples' names (files without their folders: data may be moved) in their order. */
  readonly names?: string;
  /** Some examples, spread over the set. */
  readonly samples: readonly SamplePrint[];
}

interface SamplePrint {
  readonly index: number;
  readonly shape: readonly number[];
  readonly label: string;
  /** Mean size of the values in each quarter of the image. */
  readonly means: readonly number[];
}

const SAMPLES = 8;
const QUARTERS = 4;
/** Share by which means may differ: decoders of pictures and adapters that compute features don't agree to the last bit. */
const TOLERANCE = 0.02;

export async function printOf(set: Dataset): Promise<DataPrint> {
  const every = Array.from({ length: set.length }, (_, i) => i);
  const names = every.map((i) => set.nameOf?.(i)?.split(/[\\/]/).at(-1));
  const places = [
    ...new Set(every.slice(0, SAMPLES).map((i) => Math.floor((i * set.length) / SAMPLES))),
  ].filter((i) => i < set.length);
  const samples = await Promise.all(places.map((index) => sampleOf(set, index)));
  return {
    ...(set.labels && { labels: hashOf(Array.from(set.labels).join()) }),
    ...(names.every((name) => name !== undefined) && { names: hashOf(names.join("\n")) }),
    samples: samples.filter((sample) => sample !== null),
  };
}

/** Hexadecimal. With the checksum of the checkpoint itself, which is loaded then anyway. */
function hashOf(text: string): string {
  return crc32(new TextEncoder().encode(text)).toString(16);
}

/** null where it can't be read: training will say so. */
async function sampleOf(set: Dataset, index: number): Promise<SamplePrint | null> {
  try {
    const { image, shape, label } = await set.get(index);
    const text = String(typeof label === "number" ? label : Array.from(label));
    return { index, shape: [...shape], label: hashOf(text), means: meansOf(image) };
  } catch {
    return null;
  }
}

function meansOf(image: ArrayLike<number>): number[] {
  const sums = new Array<number>(QUARTERS).fill(0);
  for (let i = 0; i < image.length; i++)
    sums[Math.floor((i * QUARTERS) / image.length)]! += Math.abs(image[i]!);
  return sums.map((sum) => (sum * QUARTERS) / image.length);
}

/** What tells a data set from the one that a checkpoint was saved with, in words; null where nothing does. */
export async function dataDifference(then: DataPrint, set: Dataset): Promise<string | null> {
  const now = await printOf(set);
  if (differs(then.labels, now.labels))
    return "examples have other labels, or stand in another order";
  if (differs(then.names, now.names)) return "examples have other names, or stand in another order";
  for (const sample of then.samples) {
    const found = now.samples.find(({ index }) => index === sample.index);
    if (!found || isLike(sample, found)) continue;
    // A set that gives other pictures each time (random crops of its own) tells nothing.
    const again = await sampleOf(set, sample.index);
    if (!again || !isLike(found, again)) continue;
    const name = set.nameOf?.(sample.index);
    return `example ${sample.index}${name === undefined ? "" : ` (${name})`} is another`;
  }
  return null;
}

function differs(then: string | undefined, now: string | undefined): boolean {
  return then !== undefined && now !== undefined && then !== now;
}

function isLike(a: SamplePrint, b: SamplePrint): boolean {
  const room = TOLERANCE * Math.max(...a.means);
  return (
    a.label === b.label &&
    String(a.shape) === String(b.shape) &&
    a.means.every((mean, i) => !(Math.abs(mean - b.means[i]!) > room))
  );
}
