import "webgraft/node";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  type data,
  type EpochEvent,
  type FitOptions,
  finetune,
  formats,
  init,
  manualSeed,
  type Trainer,
} from "webgraft";
import type { FinetuneSettings } from "webgraft/finetune";

export interface CaseContext {
  /** Path below the folder of data sets. */
  readonly data: (path: string) => string;
  /** Path below the folder of results. */
  readonly out: (path: string) => string;
  readonly quick: boolean;
  /** Whether this part is to be measured: `--rows REGEX` picks some of a long case. */
  readonly wants: (part: string) => boolean;
  /** Notes one measured number. */
  readonly report: (row: string, column: string, value: number | string) => void;
}

/**
 * Runs one case of the README's table: `--data DIR` names the folder of data sets, `--out DIR` the
 * results', `--quick` shortens it, `--rows REGEX` picks parts of it. Results are printed and kept as JSON, beside those of
 * other parts measured before.
 */
export async function runCase(
  name: string,
  run: (context: CaseContext) => Promise<void>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      out: { type: "string" },
      quick: { type: "boolean" },
      rows: { type: "string" },
    },
  });
  const root = resolve(values.data ?? "../shared/data");
  if (!existsSync(root)) throw new Error(`${name}: no data at ${root}; pass --data DIR`);
  const out = resolve(values.out ?? "out");
  await mkdir(out, { recursive: true });
  const device = await init();
  manualSeed(1); // new layers' weights: a case gives the same figures each time
  const { quick = false, rows: pattern = "" } = values;
  const file = join(out, `${name}${quick ? "_quick" : ""}.json`);
  const rows = new Map<string, Row>(pattern ? await earlierRows(file) : []);
  const started = performance.now();
  await run({
    data: (path) => join(root, path),
    out: (path) => join(out, path),
    quick,
    wants: (part) => new RegExp(pattern).test(part),
    report: (row, column, value) => {
      rows.set(row, { ...rows.get(row), [column]: value });
      console.log(`${row} · ${column}: ${typeof value === "number" ? value.toFixed(4) : value}`);
    },
  });
  console.table(Object.fromEntries(rows));
  const adapter = device.info.description || device.info.vendor;
  const seconds = Math.round((performance.now() - started) / 1000);
  const result = {
    case: name,
    adapter,
    seconds,
    quick,
    rows: Object.fromEntries(rows),
  };
  await writeFile(file, `${JSON.stringify(result, null, 1)}\n`);
  device.destroy();
}

type Row = Record<string, number | string>;

async function earlierRows(file: string): Promise<[string, Row][]> {
  if (!existsSync(file)) return [];
  const { rows }: { rows: Record<string, Row> } = JSON.parse(await readFile(file, "utf8"));
  return Object.entries(rows);
}

/** Trains quietly, one line an epoch, and gives the seconds it took. */
export async function train(
  trainer: Trainer,
  trainSet: data.Dataset,
  options: FitOptions,
): Promise<number> {
  const start = performance.now();
  for await (const event of trainer.fit(trainSet, options)) {
    if (event.type === "epoch") printEpoch(event);
  }
  return (performance.now() - start) / 1000;
}

function printEpoch({ epoch, epochs, loss, accuracy = 0, validation, seconds }: EpochEvent): void {
  const score = validation ? `, validation ${(100 * validation.accuracy).toFixed(1)} %` : "";
  console.log(
    `  epoch ${epoch + 1}/${epochs}: loss ${loss.toFixed(3)}, ${(100 * accuracy).toFixed(1)} %${score}, ${seconds.toFixed(1)} s`,
  );
}

/** Fine-tunes quietly, one line an epoch: how good it became, and the seconds that its training took. */
export async function tune(settings: FinetuneSettings): Promise<{
  accuracy: number;
  seconds: number;
}> {
  const run = finetune({ seed: 1, compare: false, ...settings });
  for await (const event of run) if (event.type === "epoch") printEpoch(event);
  const { comparison } = await run;
  const last = comparison.at(-1);
  return { accuracy: last?.evaluation.accuracy ?? 0, seconds: last?.seconds ?? 0 };
}

export const percent = (fraction: number): number => Math.round(1000 * fraction) / 10;

export async function loadFile(path: string) {
  return formats.loadWeights(path);
}
