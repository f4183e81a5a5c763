import type { CalibrationBin } from "../../metrics/index.ts";
import { percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { type Axis, at, chart, scalesOf } from "./axes.ts";

const axis = (label: string): Axis => ({
  label,
  from: 0,
  to: 1,
  format: (value) => percent(value, 0),
});

/** How often answers were right against how sure the network was of them; on the line it is as good as it says. */
export function reliabilityChart(bins: readonly CalibrationBin[]): Html {
  const [x, y] = [axis("how sure it was"), axis("how often it was right")];
  const scales = scalesOf(x, y);
  const most = Math.max(...bins.map(({ count }) => count));
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(({ from, to, count, accuracy, confidence }) => {
      const [left, right] = [scales.x(from), scales.x(to)];
      const strength = 0.25 + (0.75 * count) / most;
      return html`<rect class="bar" x="${at(left + 1)}" width="${at(right - left - 2)}" y="${at(scales.y(accuracy))}" height="${at(scales.y(0) - scales.y(accuracy))}" opacity="${strength.toFixed(2)}"><title>${count} answers, ${percent(confidence)} sure on average, ${percent(accuracy)} right</title></rect>`;
    });
  const line = html`<line class="ideal" x1="${scales.x(0)}" y1="${scales.y(0)}" x2="${scales.x(1)}" y2="${scales.y(1)}"/>`;
  const title = "Reliability diagram";
  return html`<figure><figcaption>${title}</figcaption>
${chart(title, x, y, scales, html`${bars}${line}`)}
<p class="legend"><span>the darker a bar, the more answers; the line: as often right as it says</span></p></figure>`;
}
