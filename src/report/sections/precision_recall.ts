import type { Axis } from "../charts/axes.ts";
import { lineChart, type Point } from "../charts/line_chart.ts";
import type { PrecisionRecallReport } from "../data.ts";
import { percent } from "../format.ts";
import { type Html, html } from "../html.ts";

/** Labels that have a chart. */
const MOST = 12;

const axis = (label: string): Axis => ({
  label,
  from: 0,
  to: 1,
  format: (share) => percent(share, 0),
});

/** In steps, so that the area below is the average precision: a point's precision is had for all recall down to the next one's. */
function steps({ points }: PrecisionRecallReport): Point[] {
  return points.flatMap(({ recall, precision }, i) => [
    { x: recall, y: precision },
    { x: points[i + 1]?.recall ?? recall, y: precision },
  ]);
}

/** Of each label, how many of its pictures are found, against how many of those found have it. */
export function precisionRecall(curves: readonly PrecisionRecallReport[]): Html {
  const charts = curves
    .slice(0, MOST)
    .map((curve) =>
      lineChart(curve.name, axis("recall"), axis("precision"), [
        { name: "precision", points: steps(curve) },
      ]),
    );
  const left = curves.length - charts.length;
  return html`<section><h2>Precision and recall</h2><div class="charts">${charts}</div>
<p class="note">Each point is a threshold: the lower, the more of the label's pictures are found, and the more others with them.${left > 0 ? ` ${left} more labels are in the JSON.` : ""}</p></section>`;
}
