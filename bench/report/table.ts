/** A run as text, for a terminal. */

import type { Row, Run } from "../types.ts";
import { colorsFor } from "./colors.ts";
import { byteRate, downloadText, firstLine, flopRate, percent, seconds, times } from "./format.ts";
import { measureTexts } from "./measures.ts";
import {
  peersOf,
  rateOf,
  ratioTo,
  resultOf,
  shareOfCeiling,
  summarizePeer,
  timeCell,
} from "./ratios.ts";
import { vggConvolutions } from "./vgg_convolutions.ts";

/** Columns as wide as their widest cell; the first one to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}

function timedCells(run: Run, row: Row): string[] {
  const rate = rateOf(row, "graft");
  const share = shareOfCeiling(run, row, "graft");
  const peers = peersOf(run).flatMap((peer) => {
    const ratio = ratioTo(row, peer);
    return [timeCell(resultOf(row, peer)), ratio === null ? "" : times(ratio)];
  });
  const own = resultOf(row, "graft");
  return [
    row.title,
    timeCell(own),
    own?.timing ? seconds(own.timing.min) : "",
    rate === null ? "" : flopRate(rate),
    share === null ? "" : percent(share),
    ...peers,
  ];
}

function timedTable(run: Run): string[] {
  const rows = run.rows.filter(({ results }) => results.some(({ timing }) => timing));
  if (rows.length === 0) return [];
  const head = ["", "graft", "least", "rate", "of peak"];
  const peerHeads = peersOf(run).flatMap((peer) => [peer, "ratio"]);
  return alignColumns([[...head, ...peerHeads], ...rows.map((row) => timedCells(run, row))]);
}

function measuredLines(run: Run): string[] {
  const rows = run.rows.filter(({ results }) =>
    results.some(({ timing, measures }) => measures && !timing),
  );
  return rows.flatMap((row) => [
    row.title,
    ...row.results.map(({ engine, measures, error }) => {
      const texts = measureTexts(measures).map((text) => text.join(" "));
      return `  ${engine}: ${[...texts, ...(error ? [error] : [])].join(", ")}`;
    }),
  ]);
}

function failures(run: Run): string[] {
  const failed = run.rows.flatMap((row) =>
    row.results
      .filter(({ error }) => error)
      .map(({ engine, error }) => {
        return `${engine}, ${row.title}: ${firstLine(error ?? "")}`;
      }),
  );
  return [...failed, ...run.problems];
}

function ceilingLine({ ceiling }: Run): string[] {
  if (!ceiling) return [];
  const { flopsPerSecond, bytesPerSecond, dispatchSeconds, submitSeconds, compileSeconds } =
    ceiling;
  return [
    `peak: ${flopRate(flopsPerSecond)}, copies ${byteRate(bytesPerSecond)}, a dispatch ${seconds(dispatchSeconds)}, ` +
      `a submit ${seconds(submitSeconds)}, a pipeline ${seconds(compileSeconds)}`,
  ];
}

function summaryLines(run: Run): string[] {
  const lines = peersOf(run).flatMap((peer) => {
    const found = summarizePeer(run.rows, peer);
    if (!found) return [];
    const { label, version } = run.engines[peer];
    return [
      `against ${label} ${version}: ${times(found.mean)} in the geometric mean of ${found.rows} rows, least ` +
        `${times(found.least)} (${found.leastRow})`,
    ];
  });
  const shares = vggConvolutions(run).map(({ input, pass, share }) => {
    return `VGG-16's convolutions at ${input}×${input}, ${pass}: ${percent(share)} of the peak`;
  });
  const sizes = Object.entries(run.engines).flatMap(([name, engine]) =>
    engine.downloadBytes === undefined ? [] : [`${name} ${downloadText(engine)}`],
  );
  return [...lines, ...shares, `download to train (gzip): ${sizes.join("; ")}`];
}

/** Everything a run found, for reading in a terminal. */
export function runText(run: Run): string {
  const { adapter, machine, place } = run;
  const name = adapter.description || `${adapter.vendor} ${adapter.architecture}`;
  const where = place === "node" ? `Node ${machine.node}` : (machine.browser ?? "Chromium");
  const title = `${name} in ${where}, ${machine.cpu}, ${machine.cores} cores`;
  const failed = failures(run);
  const { bold } = colorsFor(process.stdout);
  const parts = [
    [bold(title), ...ceilingLine(run)],
    timedTable(run),
    measuredLines(run),
    summaryLines(run),
    failed.length > 0 ? [bold("failed or left out"), ...failed] : [],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
