/** The parts of the HTML report that are plain HTML: tables and bars. */
import type { MeasureName, Row, Run } from "../types.ts";
import { byteRate, bytes, downloadText, flopRate, percent, seconds, times } from "./format.ts";
import { goalsOf } from "./goals.ts";
import { escapeHtml } from "./html_text.ts";
import { measureTexts } from "./measures.ts";
import { peersOf, rateOf, ratioTo, resultOf, shareOfCeiling, timeCell } from "./ratios.ts";

type Cell = string | number | null | undefined;

/** @param kind "numbers" to the right in one line, or "texts" to the left. */
function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  kind: "numbers" | "texts" = "numbers",
): string {
  const line = (tag: string, cells: readonly Cell[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell ?? ""))}</${tag}>`).join("")}</tr>`;
  const body = rows.map((cells) => line("td", cells)).join("\n");
  return `<div class="scroll"><table class="${kind}">\n${line("th", head)}\n${body}\n</table></div>`;
}

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
}

/** Bars side by side, the longest filling the width. */
function bars(items: readonly Bar[]): string {
  const most = Math.max(...items.map(({ value }) => value));
  const line = ({ name, value, text }: Bar) =>
    `<span>${escapeHtml(name)}</span><span><span class="bar" style="width:${((75 * value) / most).toFixed(1)}%"></span>` +
    `<span class="value">${escapeHtml(text)}</span></span>`;
  return `<div class="bars">\n${items.map(line).join("\n")}\n</div>`;
}

function heading(run: Run): string {
  const { adapter, machine, place, engines, ceiling } = run;
  const name = adapter.description || `${adapter.vendor} ${adapter.architecture}`;
  const where = place === "node" ? `Node ${machine.node}` : (machine.browser ?? "Chromium");
  const rows: Cell[][] = [
    [
      "machine",
      `${machine.cpu}, ${machine.cores} cores, ${bytes(machine.memoryBytes)}, ${machine.system}`,
    ],
    ["date, commit", `${run.date}, ${run.commit}${run.complete ? "" : " (not all rows)"}`],
    ...Object.values(engines).map((engine) => [
      `${engine.label} ${engine.version}`,
      engine.downloadBytes === undefined ? "" : `to download (gzip): ${downloadText(engine)}`,
    ]),
  ];
  if (ceiling) {
    rows.push(
      ["peak", `${flopRate(ceiling.flopsPerSecond)}, copies ${byteRate(ceiling.bytesPerSecond)}`],
      [
        "a dispatch, a submit",
        `${seconds(ceiling.dispatchSeconds)}, ${seconds(ceiling.submitSeconds)}`,
      ],
      ["a pipeline", seconds(ceiling.compileSeconds)],
    );
  }
  return `<h1>Graft on ${escapeHtml(name)}</h1>\n<p>${escapeHtml(where)}</p>\n${table(["", ""], rows, "texts")}`;
}

function goalSection(run: Run): string[] {
  const goals = goalsOf(run);
  if (goals.length === 0) return [];
  const met = goals.filter((goal) => goal.met).length;
  const items = goals.map(
    (goal) =>
      `<li class="${goal.met ? "met" : "missed"}">${escapeHtml(`${goal.met ? "✓" : "✗"} ${goal.text}: ${goal.found}`)}</li>`,
  );
  return [`<h2>Goals: ${met} of ${goals.length} met</h2>\n<ul>\n${items.join("\n")}\n</ul>`];
}

function timedRow(run: Run, row: Row): Cell[] {
  const [rate, share] = [rateOf(row, "graft"), shareOfCeiling(run, row, "graft")];
  const own = resultOf(row, "graft");
  const peers = peersOf(run).flatMap((peer): Cell[] => {
    const ratio = ratioTo(row, peer);
    return [timeCell(resultOf(row, peer)), ratio === null ? "" : times(ratio)];
  });
  return [
    row.title,
    timeCell(own),
    own?.timing && seconds(own.timing.min),
    own?.timing && row.images ? (row.images / own.timing.median).toFixed(1) : "",
    rate === null ? "" : flopRate(rate),
    share === null ? "" : percent(share),
    ...peers,
  ];
}

function timedSection(run: Run): string[] {
  const rows = run.rows.filter(({ results }) => results.some(({ timing }) => timing));
  if (rows.length === 0) return [];
  const head = ["", "median", "least", "images/s", "rate", "of peak"];
  const peers = peersOf(run).flatMap((peer) => [run.engines[peer].label, "ratio"]);
  return [
    `<h2>Times</h2>\n${table(
      [...head, ...peers],
      rows.map((row) => timedRow(run, row)),
    )}`,
  ];
}

function ratioSections(run: Run): string[] {
  return peersOf(run).flatMap((peer) => {
    const items = run.rows.flatMap((row): Bar[] => {
      const ratio = ratioTo(row, peer);
      return ratio === null ? [] : [{ name: row.title, value: ratio, text: times(ratio) }];
    });
    if (items.length === 0) return [];
    return [`<h2>Times as fast as ${escapeHtml(run.engines[peer].label)}</h2>\n${bars(items)}`];
  });
}

function profileSections(run: Run): string[] {
  return run.rows.flatMap((row) =>
    row.results.flatMap(({ profile = [] }) => {
      if (profile.length === 0) return [];
      const total = profile.reduce((sum, entry) => sum + entry.seconds, 0);
      const items = profile.slice(0, 12).map(({ kernel, launches, seconds: value }) => {
        const text = `${seconds(value)} in ${launches} launches, ${percent(value / total)}`;
        return { name: kernel, value, text };
      });
      return [`<h2>${escapeHtml(row.title)}, by kernel</h2>\n${bars(items)}`];
    }),
  );
}

/** What cold starts took and how much memory there was at most, engine beside engine. */
function coldSections(run: Run): string[] {
  const rows = run.rows.filter(({ group }) => group === "cold");
  const compared = (title: string, measure: MeasureName, format: (value: number) => string) => {
    const items = rows.flatMap((row) =>
      row.results.flatMap(({ engine, measures }): Bar[] => {
        const value = measures?.[measure];
        if (value === undefined) return [];
        const name = `${row.title.replace(/^.*?: /, "")}, ${engine}`;
        return [{ name, value: Math.max(0, value), text: format(value) }];
      }),
    );
    return items.length === 0 ? [] : [`<h2>${title}</h2>\n${bars(items)}`];
  };
  return [
    ...compared("First step in a new browser", "firstSeconds", seconds),
    ...compared("First step over a steady one", "extraSeconds", seconds),
    ...compared("Peak memory", "peakBytes", bytes),
  ];
}

function measuredSection(run: Run): string[] {
  const rows = run.rows.flatMap((row) =>
    row.results.flatMap(({ engine, measures, timing, error }): Cell[][] => {
      if (timing || error) return [];
      const texts = measureTexts(measures).map((text) => text.join(" "));
      return [[row.title, engine, texts.join(", ")]];
    }),
  );
  if (rows.length === 0) return [];
  return [`<h2>Measured</h2>\n${table(["", "engine", ""], rows, "texts")}`];
}

function failureSection(run: Run): string[] {
  const failed = run.rows.flatMap((row) =>
    row.results.filter(({ error }) => error).map(({ engine, error }) => [row.title, engine, error]),
  );
  const rows = [...failed, ...run.problems.map((text) => ["", "", text])];
  return rows.length === 0
    ? []
    : [`<h2>Failed or left out</h2>\n${table(["", "engine", ""], rows)}`];
}

/** What comes first, and what comes after the plots. */
export function sections(run: Run): { top: string[]; bottom: string[] } {
  return {
    top: [heading(run), ...goalSection(run), ...ratioSections(run)],
    bottom: [
      ...coldSections(run),
      ...timedSection(run),
      ...profileSections(run),
      ...measuredSection(run),
      ...failureSection(run),
    ],
  };
}
