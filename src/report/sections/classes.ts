import type { ReportData } from "../data.ts";
import { decimal, percent, range } from "../format.ts";
import { type Html, html } from "../html.ts";

/** Of so many classes, those with the lowest F1 are listed. */
const MOST = 100;

/** How examples of each class were judged. */
export function classes({ perClass }: ReportData): Html {
  const worst =
    perClass.length > MOST ? [...perClass].sort((a, b) => a.f1.value - b.f1.value) : perClass;
  const several = perClass.some(({ threshold }) => threshold !== undefined);
  const rows = worst
    .slice(0, MOST)
    .map(
      ({ name, support, threshold, precision, recall, f1, averagePrecision }) =>
        html`<tr><th>${name}</th><td>${support}</td>${threshold === undefined ? null : html`<td>${decimal(threshold)}</td>`}<td>${percent(precision)}</td><td>${percent(recall)}</td><td>${percent(f1.value)}</td><td class="range">${support > 0 ? range(f1.low, f1.high) : "–"}</td><td>${averagePrecision === null ? "–" : percent(averagePrecision)}</td></tr>`,
    );
  const left = perClass.length - MOST;
  return html`<section><h2>${several ? "Labels" : "Classes"}</h2><div class="scroll"><table class="numbers">
<tr><th>${several ? "label" : "class"}</th><th>pictures</th>${several ? html`<th>given from</th>` : null}<th>precision</th><th>recall</th><th>F1</th><th>95 %</th><th>average precision</th></tr>
${rows}</table></div>${left > 0 ? html`<p class="note">The ${MOST} with the lowest F1; ${left} more are in the JSON.</p>` : null}</section>`;
}
