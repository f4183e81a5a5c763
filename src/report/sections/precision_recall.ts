import type { Axis } from "../charts/axes.ts";
import { lineChart } from "../charts/line_chart.ts";
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

/** Of each label, how many of its pictures are found, against how many of those found have it. */
export function precisionRecall(curves: readonly PrecisionRecallReport[]): Html {
  const charts = curves.slice(0, MOST).map(({ name, points }) => {
    const line = points.map(({ recall, precision }) => ({ x: recall, y: precision }));
    return lineChart(name, axis("recall"), axis("precision"), [
      { name: "this label", points: line },
    ]);
  });
  const left = curves.length - charts.length;
  return html`<section><h2>Precision and recall</h2><div class="charts">${charts}</div>
<p class="note">Each point is a threshold: the lower, the more of the label's pictures are found, and the more others with them.${left > 0 ? ` ${left} more labels are in the JSON.` : ""}</p></section>`;
}
