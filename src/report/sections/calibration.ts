import { reliabilityChart } from "../charts/reliability_chart.ts";
import type { ReportData } from "../data.ts";
import { decimal, percent } from "../format.ts";
import { type Html, html } from "../html.ts";

/** Whether the network is right as often as it says. */
export function calibration({ calibration: found }: ReportData): Html | null {
  if (!found) return null;
  const { error, bins, temperature, errorAfter } = found;
  const says =
    temperature > 1.05
      ? "It is surer of itself than it should be."
      : temperature < 0.95
        ? "It is less sure of itself than it could be."
        : "It is about as sure of itself as it should be.";
  return html`<section><h2>Calibration</h2><div class="charts">
${reliabilityChart(bins)}
<div><p>${says} How sure it is and how often it is right differ by <strong>${percent(error)}</strong> on average (expected calibration error, ${bins.length} bins).</p>
<p>Outputs divided by a temperature of <strong>${decimal(temperature, 2)}</strong> before softmax would leave ${percent(errorAfter)}; which class is predicted stays the same.</p>
<p class="note">The temperature was found on these same pictures, so on others the error that it leaves is somewhat higher. C. Guo et al., 2017.</p></div>
</div></section>`;
}
