import { line } from "d3-shape";
import { type Html, html } from "../html.ts";
import { type Axis, at, chart, scalesOf } from "./axes.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Curves over one x, told apart by colour and dashes, with their names below. */
export function lineChart(title: string, x: Axis, y: Axis, series: readonly Series[]): Html {
  const scales = scalesOf(x, y);
  const path = line<Point>(
    (point) => at(scales.x(point.x)),
    (point) => at(scales.y(point.y)),
  );
  const drawn = series.map(({ points }, i) => {
    const kept = points.filter((point) => Number.isFinite(point.y));
    const dots = kept.map(
      (point) =>
        html`<circle cx="${at(scales.x(point.x))}" cy="${at(scales.y(point.y))}" r="${kept.length > 30 ? 1 : 2.2}"/>`,
    );
    return html`<g class="series s${i}"><path d="${path(kept) ?? ""}"/>${dots}</g>`;
  });
  const legend = series.map(({ name }, i) => html`<span class="key k${i}">${name}</span>`);
  return html`<figure><figcaption>${title}</figcaption>
${chart(title, x, y, scales, html`${drawn}`)}
<p class="legend">${legend}</p></figure>`;
}

/** From 0 to a round number above all points. */
export function roomFor(series: readonly Series[]): number {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
  return Math.max(1e-6, ...values) * 1.05;
}
