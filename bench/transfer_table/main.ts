/** `npm run bench -- --transfer-table`: what transfer gains on real data, cell by cell. */
import "webgraft/node";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { init, manualSeed } from "webgraft";
import type { BenchOptions } from "../options.ts";
import { errorText } from "../run/messages.ts";
import { type CellPlace, Cells, cellId, EPOCHS, SEEDS, SIZES } from "./cells.ts";
import { COLUMNS, judge } from "./columns.ts";
import { transferPage } from "./markdown.ts";
import { ROWS, type Row } from "./rows.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
export const NAMES = { rows: Object.keys(ROWS), columns: Object.keys(COLUMNS) };
export const PAGE = join(repository, "docs/transfer.md");
export const CELLS = join(repository, "bench/results/transfer_table.json");

/** The rows that take seconds a cell, not minutes. */
const QUICK_ROWS = NAMES.rows.slice(0, 2);

/** Fewest examples first and row by row, so that a run that is ended has whole rows. */
function places({ size: extent, rows: pattern }: BenchOptions): CellPlace[] {
  const isQuick = extent !== "full";
  const rows = isQuick ? QUICK_ROWS : NAMES.rows;
  const all = (isQuick ? SIZES.slice(0, 1) : SIZES).flatMap((size) =>
    rows.flatMap((row) =>
      (isQuick ? SEEDS.slice(0, 1) : SEEDS).flatMap((seed) =>
        NAMES.columns.map((column) => ({ row, column, size, seed })),
      ),
    ),
  );
  return all.filter((place) => pattern?.test(cellId(place)) ?? true);
}

/** @returns the program's exit code: 1 where a cell failed, 130 after Ctrl-C. */
export async function measureTransfer(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const root = resolve(options.data ?? "../shared/data");
  if (!existsSync(root)) throw new Error(`--transfer-table: no data at ${root}; pass --data DIR`);
  const out = resolve(options.out ?? join(repository, "out/bench"));
  mkdirSync(out, { recursive: true });
  const where = {
    data: (path: string) => join(root, path),
    out: (path: string) => join(out, path),
  };
  const cells = new Cells(options.out ? join(out, "transfer_table.json") : CELLS);
  const page = options.out ? join(out, "transfer.md") : PAGE;
  const device = await init();
  const adapter = device.info.description || device.info.vendor;
  const loaded = new Map<string, Row>();
  let failed = 0;
  for (const place of places(options)) {
    if (signal.aborted) break;
    if (cells.get(place)) continue;
    try {
      const row = loaded.get(place.row) ?? (await ROWS[place.row]!(where));
      loaded.set(place.row, row);
      if (place.size > row.most) continue;
      const cell = await measure(row, place);
      cells.set(place, cell, adapter);
      console.log(`${cellId(place)}: ${cell.figure.toFixed(1)} % in ${cell.seconds} s`);
      writeFileSync(page, transferPage(cells, NAMES));
    } catch (error) {
      failed++;
      console.error(`${cellId(place)}: ${errorText(error)}`);
    }
  }
  return signal.aborted ? 130 : failed > 0 ? 1 : 0;
}

async function measure(row: Row, { column, size, seed }: CellPlace) {
  const set = row.examples(size, seed);
  const start = process.cpuUsage();
  manualSeed(seed);
  const model = await COLUMNS[column]!({ row, set, seed, epochs: EPOCHS[size]! });
  const { user, system } = process.cpuUsage(start);
  const seconds = Math.round((user + system) / 1e5) / 10;
  const evaluation = await judge(model, row, row.test);
  return { figure: Math.round(1000 * evaluation[row.figure]) / 10, seconds };
}
