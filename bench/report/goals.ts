/** What the project wants to reach, and what a run found. */
import type { MeasureName, Row, Run } from "../types.ts";
import { bytes, percent, seconds, times } from "./format.ts";
import { ratioTo, resultOf, shareOfCeiling } from "./ratios.ts";
import { growthExponent } from "./statistics.ts";
import { vggConvolutions } from "./vgg_convolutions.ts";

export interface Goal {
  readonly text: string;
  readonly found: string;
  readonly met: boolean;
}

/** How many times as fast as each peer, by row. */
const RATIOS: readonly { rows: RegExp; jax: number; tfjs: number }[] = [
  { rows: /^train\/vgg16\/32\/batch8\//, jax: 7, tfjs: 25 },
  { rows: /^train\/cnn\/32\/batch8\/all$/, jax: 5, tfjs: 15 },
  { rows: /^matmul\/512$/, jax: 1.5, tfjs: 5.5 },
  { rows: /^matmul\/1024$/, jax: 1.3, tfjs: 5.5 },
];

/** Share of the adapter's multiply-add rate, convolutions counted as direct ones. */
const SHARES: readonly { rows: RegExp; share: number }[] = [
  { rows: /^conv\/(?!.*\/3-64\/).*\/(forward|input)$/, share: 0.8 },
  { rows: /^conv\/(?!.*\/3-64\/).*\/weight$/, share: 0.5 },
  { rows: /^matmul\/1024$/, share: 0.4 },
];

/** Limits of what Graft measures about itself. */
const LIMITS: readonly {
  rows: RegExp;
  measure: MeasureName;
  text: string;
  least?: number;
  most?: number;
  format: (value: number) => string;
}[] = [
  {
    rows: /^step\/vgg16/,
    measure: "encodeSeconds",
    text: "CPU time of a step",
    most: 1e-3,
    format: seconds,
  },
  {
    rows: /^step\//,
    measure: "estimateError",
    text: "estimateMemory off by",
    most: 0.1,
    format: percent,
  },
  {
    rows: /^cold\/vgg16/,
    measure: "extraSeconds",
    text: "first over steady step",
    most: 2,
    format: seconds,
  },
  {
    rows: /^feature-cache\//,
    measure: "cacheSpeedup",
    text: "later epochs faster by",
    least: 50,
    format: times,
  },
  { rows: /^steady\//, measure: "bytesGrown", text: "memory grown by", most: 0, format: bytes },
];

const MOST_DOWNLOAD = 80 * 1024;
/** A fit's exponent on noisy times; 1 is linear. */
const MOST_GROWTH = 1.1;

function ratioGoals(row: Row): Goal[] {
  return RATIOS.filter(({ rows }) => rows.test(row.id)).flatMap(({ jax, tfjs }) =>
    Object.entries({ jax, tfjs }).flatMap(([peer, wanted]): Goal[] => {
      const ratio = ratioTo(row, peer);
      if (ratio === null) return [];
      const text = `${row.title}, ${times(wanted)} ${peer}`;
      return [{ text, found: times(ratio), met: ratio >= wanted }];
    }),
  );
}

function shareGoals(run: Run, row: Row): Goal[] {
  const found = shareOfCeiling(run, row, "graft");
  if (found === null) return [];
  return SHARES.filter(({ rows }) => rows.test(row.id)).map(({ share }) => {
    return {
      text: `${row.title}, ${percent(share)} of peak`,
      found: percent(found),
      met: found >= share,
    };
  });
}

/** The same shares for all of VGG-16's convolutions together. */
const NETWORK_SHARES: Readonly<Record<string, number>> = { forward: 0.8, input: 0.8, weight: 0.5 };

function networkShareGoals(run: Run): Goal[] {
  return vggConvolutions(run).map(({ input, pass, share }) => {
    const wanted = NETWORK_SHARES[pass];
    const text = `VGG-16's convolutions at ${input}×${input}, ${pass}, ${percent(wanted)} of peak`;
    return { text, found: percent(share), met: share >= wanted };
  });
}

function limitGoals(row: Row): Goal[] {
  const measures = resultOf(row, "graft")?.measures ?? {};
  return LIMITS.filter(({ rows }) => rows.test(row.id)).flatMap((limit): Goal[] => {
    const { measure, text, format, least = 0, most = Number.POSITIVE_INFINITY } = limit;
    const value = measures[measure];
    if (value === undefined) return [];
    const wanted = least > 0 ? `at least ${format(least)}` : `at most ${format(most)}`;
    const met = value >= least && value <= most;
    return [{ text: `${row.title}, ${text} ${wanted}`, found: format(value), met }];
  });
}

/** Peak memory below that of each peer. */
function memoryGoals(row: Row): Goal[] {
  const own = resultOf(row, "graft")?.measures?.peakBytes;
  if (row.group !== "cold" || own === undefined) return [];
  return row.results.flatMap(({ engine, measures }): Goal[] => {
    const theirs = measures?.peakBytes;
    if (engine === "graft" || theirs === undefined) return [];
    const text = `${row.title}, less memory than ${engine}`;
    return [{ text, found: `${bytes(own)}, ${engine} ${bytes(theirs)}`, met: own < theirs }];
  });
}

function growthGoals(run: Run): Goal[] {
  const curves = [
    {
      text: "step time linear in the batch",
      pattern: /^scaling\/vgg16\/32\/batch(\d+)\//,
      power: 1,
    },
    { text: "step time linear in the area", pattern: /^scaling\/vgg16\/(\d+)\/batch2\//, power: 2 },
  ];
  return curves.flatMap(({ text, pattern, power }): Goal[] => {
    const points = run.rows.flatMap((row): [number, number][] => {
      const size = pattern.exec(row.id)?.[1];
      const step = resultOf(row, "graft")?.measures?.stepSeconds;
      return size === undefined || step === undefined ? [] : [[Number(size) ** power, step]];
    });
    if (points.length < 2) return [];
    const exponent = growthExponent(points);
    return [{ text, found: `exponent ${exponent.toFixed(2)}`, met: exponent <= MOST_GROWTH }];
  });
}

function downloadGoals({ engines }: Run): Goal[] {
  const found = engines.graft?.downloadBytes;
  if (found === undefined) return [];
  const text = `download to train at most ${bytes(MOST_DOWNLOAD)}`;
  return [{ text, found: bytes(found), met: found <= MOST_DOWNLOAD }];
}

/** The goals that this run says anything about. */
export function goalsOf(run: Run): Goal[] {
  const perRow = run.rows.flatMap((row) => [
    ...ratioGoals(row),
    ...shareGoals(run, row),
    ...limitGoals(row),
    ...memoryGoals(row),
  ]);
  return [...perRow, ...networkShareGoals(run), ...growthGoals(run), ...downloadGoals(run)];
}
