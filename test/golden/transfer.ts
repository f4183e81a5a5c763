/** The network and batches of make_transfer.py. */
import { readFileSync } from "node:fs";
import { data, nn, tensor } from "../../src/index.ts";
import { uniform } from "./weights.ts";

type Values = Record<string, number[]>;

interface AverageCase {
  readonly decay: number;
  readonly warmup: boolean;
  readonly weights: Values;
  readonly average: Values;
  readonly loss: [number];
}

interface L2SPCase {
  readonly alpha: number;
  readonly beta: number;
  readonly head: string;
  readonly clip: number | null;
  readonly weights: Values;
}

interface LrCurve {
  readonly steps: number;
  readonly rates: number[];
  readonly losses: number[];
  readonly found: Readonly<Record<"valley" | "steep" | "minimum", number>>;
}

const file = new URL("transfer.json", import.meta.url);
interface Golden {
  readonly average: AverageCase[];
  readonly l2sp: L2SPCase[];
  readonly lrCurves: (LrCurve & { readonly name: string })[];
  readonly focal: {
    readonly gamma: number;
    readonly weight: number[] | null;
    readonly soft: boolean;
    readonly losses: number[];
    readonly gradient: number[];
  }[];
  readonly gradual: {
    readonly stages: string[][];
    readonly epochs: number;
    readonly weights: Values;
  };
  readonly lrFind: LrCurve & { readonly high: number };
}

export const golden: Golden = JSON.parse(readFileSync(file, "utf8")).cases;

const [BATCHES, BATCH, INPUTS, HIDDEN, CLASSES] = [3, 4, 5, 6, 3];

export function goldenNetwork(): nn.Sequential {
  const model = new nn.Sequential({
    flatten: new nn.Flatten(),
    body: new nn.Linear(INPUTS, HIDDEN),
    norm: new nn.BatchNorm1d(HIDDEN),
    relu: new nn.ReLU(),
    head: new nn.Linear(HIDDEN, CLASSES),
  });
  const state = model.namedParameters().map(([name, { shape }]) => {
    return [name, tensor(uniform(`transfer/${name}`, shape), { shape })] as const;
  });
  model.loadStateDict(new Map(state), { strict: false });
  return model;
}

/** What an epoch without shuffling deals out as the batches. */
export function goldenSet(): data.Dataset {
  const numbers = Array.from({ length: BATCHES }, (_, i) => [
    ...uniform(`transfer/images.${i}`, [BATCH, INPUTS]),
  ]);
  const labels = numbers.flatMap((_, i) =>
    Array.from({ length: BATCH }, (_, j) => (i + j) % CLASSES),
  );
  return data.fromArrays(Float32Array.from(numbers.flat()), [INPUTS, 1, 1], labels);
}

export const GOLDEN_FIT = { batchSize: BATCH, shuffle: false } as const;
