/** What the HTML report draws, as plain data. */
import type { MeasureName, Row, Run } from "../types.ts";
import { rateOf, resultOf } from "./ratios.ts";

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Shown when it is pointed at. */
  readonly label: string;
}

export interface PlotSeries {
  readonly name: string;
  readonly points: readonly PlotPoint[];
  readonly line: boolean;
}

export interface Plot {
  readonly title: string;
  readonly note: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Both axes logarithmic. */
  readonly logarithmic: boolean;
  readonly series: readonly PlotSeries[];
}

/** What a plot is made of. */
type Measured = Pick<Run, "ceiling" | "rows">;

/** Operations per byte that must move at least. */
function intensity({ flops, bytes }: Row): number | null {
  return flops && bytes ? flops / bytes : null;
}

function kindOf({ group, id }: Row): string {
  return group === "conv" ? `conv, ${id.split("/").at(-1)}` : group;
}

/** The lower of what memory can feed and what the adapter can compute. */
function roof({ ceiling }: Measured, xs: readonly number[]): PlotSeries[] {
  if (!ceiling) return [];
  const { flopsPerSecond, bytesPerSecond } = ceiling;
  const ridge = flopsPerSecond / bytesPerSecond;
  const at = [Math.min(...xs) / 2, ridge, Math.max(...xs, ridge) * 2].sort((a, b) => a - b);
  const points = at.map((x) => {
    return {
      x,
      y: Math.min(flopsPerSecond, x * bytesPerSecond) / 1e9,
      label: "the adapter's peak",
    };
  });
  return [{ name: "peak", points, line: true }];
}

/** Williams, Waterman & Patterson 2009, https://doi.org/10.1145/1498765.1498785. */
export function rooflinePlot(run: Measured): Plot | null {
  const groups = new Map<string, PlotPoint[]>();
  for (const row of run.rows) {
    const [x, rate] = [intensity(row), rateOf(row, "graft")];
    if (x === null || rate === null) continue;
    const list = groups.get(kindOf(row)) ?? [];
    groups.set(kindOf(row), list);
    list.push({ x, y: rate / 1e9, label: row.title });
  }
  const all = [...groups.values()].flat();
  if (all.length === 0) return null;
  return {
    title: "Kernels under the roof",
    note: "Convolutions are counted as direct ones: Winograd's, which take fewer operations, may rise above the roof.",
    xLabel: "operations per byte",
    yLabel: "GFLOP/s",
    logarithmic: true,
    series: [
      ...roof(
        run,
        all.map(({ x }) => x),
      ),
      ...[...groups].map(([name, points]) => ({ name, points, line: false })),
    ],
  };
}

/** Points of one measure over the number that `pattern` finds in the rows' ids, a line for each network. */
function curve(run: Run, pattern: RegExp, measure: MeasureName, scale: number): PlotSeries[] {
  const lines = new Map<string, PlotPoint[]>();
  for (const row of run.rows.filter(({ group }) => group === "scaling")) {
    const value = resultOf(row, "graft")?.measures?.[measure];
    const x = pattern.exec(row.id)?.[1];
    if (value === undefined || x === undefined) continue;
    const name = row.id.split("/")[1];
    const list = lines.get(name) ?? [];
    lines.set(name, list);
    list.push({ x: Number(x), y: value / scale, label: row.title });
  }
  return [...lines]
    .map(([name, points]) => {
      return { name, points: points.sort((a, b) => a.x - b.x), line: true };
    })
    .filter(({ points }) => points.length > 1);
}

const BY_BATCH = /^scaling\/\w+\/32\/batch(\d+)/;
const BY_SIDE = /^scaling\/\w+\/(\d+)\/batch2\//;

function scalingPlots(run: Run): Plot[] {
  const plot = (title: string, xLabel: string, yLabel: string, series: PlotSeries[]): Plot => {
    return { title, note: "", xLabel, yLabel, logarithmic: true, series };
  };
  const batch = "images in a batch";
  return [
    plot("Step time by batch size", batch, "seconds", curve(run, BY_BATCH, "stepSeconds", 1)),
    plot("Images per second", batch, "images/s", curve(run, BY_BATCH, "imagesPerSecond", 1)),
    plot("Peak memory by batch size", batch, "MB", curve(run, BY_BATCH, "peakBytes", 1e6)),
    plot("Step time by image side", "pixels", "seconds", curve(run, BY_SIDE, "stepSeconds", 1)),
  ].filter(({ series }) => series.length > 0);
}

export function plotsOf(run: Run): Plot[] {
  const roofline = rooflinePlot(run);
  return [...(roofline ? [roofline] : []), ...scalingPlots(run)];
}
