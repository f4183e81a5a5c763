import { expect } from "vitest";
import { type ByteSource, WeightFileError } from "../../src/formats/index.ts";
import type { ByteRanges } from "../../src/formats/sources/ranges.ts";
import type { WeightFile, WeightTensor } from "../../src/formats/types.ts";

export interface FuzzOptions {
  /** Small valid files; mutations of small files hit structure more often than elements. */
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array, source: ByteSource) => Promise<WeightFile>;
  /** Where the reader can do without the whole file: then every other input is given by its parts. */
  readonly readParts?: (bytes: ByteRanges, source: ByteSource) => Promise<WeightFile>;
  /** Inputs to try. */
  readonly runs?: number;
  readonly seed?: number;
}

export interface FuzzReport {
  /** Inputs that were read, and inputs that were refused. */
  readonly accepted: number;
  readonly refused: number;
}

/** What one mutated file may decode to; its seeds have a few kilobytes. */
const MAX_DECODED = 128 * 2 ** 20;

/**
 * Reads `runs` damaged copies of the seeds and random bytes, and every tensor of those that are accepted.
 *
 * Fails on anything but a result that is sound in itself or a `WeightFileError`, and on a polluted prototype.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seeds, read, readParts } = options;
  // A longer hunt: GRAFT_FUZZ_RUNS=1000000 GRAFT_FUZZ_SEED=7 npx vitest run test/formats
  const runs = Number(process.env.GRAFT_FUZZ_RUNS ?? options.runs ?? 10_000);
  const seed = Number(process.env.GRAFT_FUZZ_SEED ?? options.seed ?? 1);
  const random = randomNumbers(seed);
  const mutate = mutator(seeds, random);
  const report = { accepted: 0, refused: 0 };
  for (let run = 0; run < runs; run++) {
    const bytes = mutate();
    try {
      const source = memorySource(bytes);
      const inParts = readParts && run % 2 === 1;
      readAll(await (inParts ? readParts(strictRanges(bytes), source) : read(bytes, source)));
      report.accepted++;
    } catch (error) {
      checkError(error, run);
      report.refused++;
    }
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.keys(Array.prototype)).toEqual([]);
  return report;
}

/** A file that is read by parts, the last of which may be asked for beyond its end. */
function strictRanges(bytes: Uint8Array): ByteRanges {
  return {
    size: bytes.length,
    read(start, end) {
      if (!(start >= 0 && start <= end && start <= bytes.length && end < bytes.length + 1024))
        throw new Error(`asked for bytes ${start}–${end} of ${bytes.length}`);
      return bytes.slice(start, end);
    },
  };
}

/** A source without neighbours, as bytes alone have. */
export function memorySource(bytes: Uint8Array, name = "fuzzed"): ByteSource {
  return {
    name,
    read: async () => bytes,
    sibling: async (sibling) => {
      throw new WeightFileError({ file: name, problem: `no file ${sibling} here` });
    },
  };
}

function checkError(error: unknown, run: number): void {
  if (!(error instanceof WeightFileError)) {
    throw new Error(`input ${run} was answered by another error than WeightFileError`, {
      cause: error,
    });
  }
  expect(error.message.length).toBeLessThan(2_000);
}

function readAll(file: WeightFile): void {
  let decoded = 0;
  for (const [name, tensor] of file.tensors) {
    expect(tensor.name).toBe(name);
    decoded += readTensor(tensor);
    expect(decoded).toBeLessThan(MAX_DECODED);
  }
}

/** A tensor may be listed and then refuse to be decoded, but only with the typed error. */
function readTensor(tensor: WeightTensor): number {
  const count = tensor.shape.reduce((product, length) => product * length, 1);
  expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
  try {
    const data = tensor.data();
    expect(data.length).toBe(count);
    return data.byteLength;
  } catch (error) {
    if (error instanceof WeightFileError) return 0;
    throw error;
  }
}

export type Random = () => number;

/** Seeded numbers in [0, 1): mulberry32, public domain, by Tommy Ettinger. */
export function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)];
}

/** Values at which parsers go wrong, and words that JavaScript treats specially. */
const NUMBERS = [0, 1, 7, 8, 127, 128, 255, 256, 65535, 0x7fffffff, 0x80000000, 0xffffffff];
const WORDS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "-1",
  "1e999",
  "99999999999999999999",
  "null",
  "[[",
  "..",
];

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy);
  return copy;
}

function spliced(bytes: Uint8Array, at: number, drop: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - drop + insert.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(bytes.subarray(at + drop), at + insert.length);
  return result;
}

const flipBit: Mutation = (bytes, random) =>
  changed(bytes, (copy) => {
    copy[below(random, copy.length)] ^= 1 << below(random, 8);
  });

const setByte: Mutation = (bytes, random) =>
  changed(bytes, (copy) => {
    copy[below(random, copy.length)] = below(random, 256);
  });

const setNumber: Mutation = (bytes, random) =>
  changed(bytes, (copy) => {
    const value = new Uint8Array(8);
    const view = new DataView(value.buffer);
    const little = random() < 0.8;
    view.setUint32(0, pick(random, NUMBERS), little);
    if (random() < 0.3) view.setUint32(4, pick(random, NUMBERS), little);
    const width = pick(random, [1, 2, 4, 8]);
    const at = below(random, copy.length);
    copy.set(value.subarray(0, Math.min(width, copy.length - at)), at);
  });

const truncate: Mutation = (bytes, random) => bytes.slice(0, below(random, bytes.length + 1));

const remove: Mutation = (bytes, random) => {
  const at = below(random, bytes.length + 1);
  return spliced(bytes, at, below(random, Math.min(32, bytes.length - at) + 1), new Uint8Array(0));
};

const repeat: Mutation = (bytes, random) => {
  const from = below(random, bytes.length + 1);
  const part = bytes.subarray(from, from + below(random, 64));
  return spliced(bytes, below(random, bytes.length + 1), 0, part);
};

const insertWord: Mutation = (bytes, random) => {
  const word = new TextEncoder().encode(pick(random, WORDS));
  const at = below(random, bytes.length + 1);
  const drop = random() < 0.5 ? Math.min(word.length, bytes.length - at) : 0;
  return spliced(bytes, at, drop, word);
};

const setDigit: Mutation = (bytes, random) =>
  changed(bytes, (copy) => {
    const digits = [...copy.keys()].filter((i) => copy[i] >= 0x30 && copy[i] <= 0x39);
    if (digits.length > 0) copy[pick(random, digits)] = 0x30 + below(random, 10);
  });

const MUTATIONS = [
  flipBit,
  setByte,
  setNumber,
  truncate,
  remove,
  repeat,
  insertWord,
  setDigit,
] as const;

function mutator(seeds: readonly Uint8Array[], random: Random): () => Uint8Array {
  return () => {
    if (random() < 0.03)
      return Uint8Array.from({ length: below(random, 400) }, () => below(random, 256));
    let bytes = pick(random, seeds);
    if (random() < 0.05) bytes = crossed(bytes, pick(random, seeds), random);
    const times = 1 + below(random, 4);
    for (let i = 0; i < times; i++) bytes = pick(random, MUTATIONS)(bytes, random);
    return bytes;
  };
}

/** The beginning of one file and the end of another. */
function crossed(a: Uint8Array, b: Uint8Array, random: Random): Uint8Array {
  const cut = below(random, a.length + 1);
  return spliced(a, cut, a.length - cut, b.subarray(below(random, b.length + 1)));
}
