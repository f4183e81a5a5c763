import "../../tools/page_language.ts";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { isDark } from "./theme.ts";

export interface Curve {
  label: string;
  /** The name of a CSS variable: "--green". */
  colour: string;
  /** By the values of x; null where there is none. */
  values: readonly (number | null)[];
  dashed?: boolean;
  /** Points that no line joins. */
  dots?: boolean;
}

export interface LineChartProps {
  title: string;
  x: readonly number[];
  curves: readonly Curve[];
  /** Values as they are shown. */
  format?: (value: number) => string;
  /** Of the values; null where they decide. Default [null, null]. */
  range?: readonly [number | null, number | null];
  xIsLogarithmic?: boolean;
  /** x counts epochs or steps: nothing stands between two of them. */
  xIsWhole?: boolean;
  /** Then `range` isn't used. */
  yIsLogarithmic?: boolean;
  height?: number;
}

/** Distances between the numbers of an axis that has whole ones only. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

const css = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Curves over a common x, as wide as its place. Made again only where curves come, go or change their names. The code that
 * draws them comes with the first.
 */
export function LineChart(props: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  /** What is drawn now, also for a plot that is made later. */
  const data = useRef<uPlot.AlignedData>([[]]);
  const { title, x, curves, height = 190 } = props;
  data.current = [[...x], ...curves.map(({ values }) => [...values])];
  const kind = JSON.stringify([title, curves.map(({ label, colour }) => [label, colour])]);
  // The other properties are in its kind, or are data.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let isGone = false;
    const watch = new ResizeObserver(() => {
      const { clientWidth: width } = element;
      if (width > 0) plot.current?.setSize({ width, height });
    });
    void import("uplot").then(({ default: Plot }) => {
      if (isGone) return;
      plot.current = new Plot(optionsOf(props, element.clientWidth || 320), data.current, element);
      watch.observe(element);
    });
    return () => {
      isGone = true;
      watch.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [kind, isDark.value]);
  useEffect(() => plot.current?.setData(data.current));
  return <div class="chart" role="img" aria-label={title} ref={place} />;
}

function optionsOf(props: LineChartProps, width: number): uPlot.Options {
  const {
    title,
    curves,
    format = String,
    range = [null, null],
    xIsLogarithmic,
    xIsWhole,
    yIsLogarithmic,
    height = 190,
  } = props;
  const axis = {
    stroke: css("--faint"),
    grid: { stroke: css("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    ...{ title, width, height },
    scales: {
      x: { time: false, distr: xIsLogarithmic ? 3 : 1 },
      y: yIsLogarithmic
        ? { distr: 3 }
        : { range: (_, min, max) => [range[0] ?? min, range[1] ?? Math.max(max * 1.05, 0.01)] },
    },
    legend: { live: false },
    axes: [
      xIsWhole ? { ...axis, incrs: WHOLE } : axis,
      {
        ...axis,
        size: 52,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : format(tick))),
      },
    ],
    series: [
      {},
      ...curves.map(({ label, colour, dashed, dots }) => ({
        label,
        stroke: css(colour),
        width: 2,
        spanGaps: true,
        dash: dashed ? [6, 4] : undefined,
        ...(dots && { paths: () => null, points: { show: true, size: 9, fill: css(colour) } }),
      })),
    ],
  };
}
