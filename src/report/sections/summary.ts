import type { ReportData } from "../data.ts";
import { decimal, percent, range } from "../format.ts";
import { type Html, html } from "../html.ts";

/** What was measured on what, and how good it is. */
export function summary({ title, made, facts, figures }: ReportData): Html {
  const tiles = figures.map(
    ({ name, value, low, high }) =>
      html`<div class="tile"><span>${name}</span><strong>${percent(value)}</strong><small>${range(low, high)}</small></div>`,
  );
  const rows = facts.map(({ name, value }) => html`<tr><th>${name}</th><td>${value}</td></tr>`);
  return html`<header><h1>${title}</h1><p class="note">${made.slice(0, 16).replace("T", " ")} UTC</p></header>
<div class="tiles">${tiles}</div>
<p class="note">Below each figure: where it would lie, in 95 of 100 cases, had other pictures of the same kind been drawn (bootstrap).</p>
<table class="texts">${rows}</table>`;
}

/** Ways of getting a network, side by side. */
export function comparison({ comparison: ways }: ReportData): Html | null {
  if (ways.length < 2) return null;
  const rows = ways.map(
    ({ name, accuracy, loss, seconds }) =>
      html`<tr><th>${name}</th><td>${percent(accuracy)}</td><td>${decimal(loss)}</td><td>${seconds === null ? "–" : `${seconds.toFixed(1)} s`}</td>
<td class="wide"><span class="meter" style="width:${(100 * accuracy).toFixed(1)}%"></span></td></tr>`,
  );
  return html`<section><h2>Compared</h2><div class="scroll"><table class="numbers">
<tr><th></th><th>accuracy</th><th>loss</th><th>training</th><th class="wide"></th></tr>
${rows}</table></div></section>`;
}
