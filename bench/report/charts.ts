/** Draws the report's plots in the reader's browser. Bundled into the page by html.ts. */
import "../../tools/page_language.ts";
import uPlot from "uplot";
import type { Plot, PlotSeries } from "./plots.ts";

const COLOURS = ["#777", "#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#0891b2"];

function seriesOptions({ name, line }: PlotSeries, i: number): uPlot.Series {
  const stroke = COLOURS[i % COLOURS.length];
  return {
    label: name,
    stroke,
    width: 2,
    spanGaps: true,
    points: { show: true, size: 8, fill: stroke },
    ...(line ? {} : { paths: () => null }),
  };
}

/** One column of x for all series; where a series has no point there, null. */
function columns(series: readonly PlotSeries[]): uPlot.AlignedData {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort(
    (a, b) => a - b,
  );
  const ys = series.map(({ points }) => {
    const byX = new Map(points.map(({ x, y }) => [x, y]));
    return xs.map((x) => byX.get(x) ?? null);
  });
  return [xs, ...ys];
}

/** The labels of all points at the cursor's x. */
function labelsAt(plot: Plot, x: number): string {
  const found = plot.series.flatMap(({ points }) => points.filter((point) => point.x === x));
  return found.map(({ label, y }) => `${label}: ${y.toPrecision(3)} ${plot.yLabel}`).join(" · ");
}

function draw(plot: Plot, place: HTMLElement): void {
  const data = columns(plot.series);
  const caption = document.createElement("p");
  caption.className = "caption";
  const scale = plot.logarithmic ? { distr: 3 as const } : {};
  const options: uPlot.Options = {
    width: Math.min(900, place.clientWidth),
    height: 360,
    scales: { x: { time: false, ...scale }, y: scale },
    axes: [{ label: plot.xLabel }, { label: plot.yLabel, size: 70 }],
    series: [{ label: plot.xLabel }, ...plot.series.map(seriesOptions)],
    hooks: {
      setCursor: [
        ({ cursor }) => {
          const x = cursor.idx == null ? undefined : data[0][cursor.idx];
          caption.textContent = x === undefined ? plot.note : labelsAt(plot, x);
        },
      ],
    },
  };
  new uPlot(options, data, place);
  caption.textContent = plot.note;
  place.append(caption);
}

const plots: Plot[] = JSON.parse(document.querySelector("#plots")?.textContent ?? "[]");
for (const [i, plot] of plots.entries()) {
  const place = document.querySelector<HTMLElement>(`#plot${i}`);
  if (place) draw(plot, place);
}
