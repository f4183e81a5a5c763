import type { ReportData } from "../data.ts";
import { percent } from "../format.ts";
import { Html, html } from "../html.ts";

/** Matrices of more classes are nothing to look at. */
const MOST_CLASSES = 40;
/** Pairs of classes that are listed. */
const PAIRS = 12;

/** Which classes were taken for which. */
export function confusion(data: ReportData): Html {
  const { classes, confusionMatrix } = data;
  const fits = classes.length <= MOST_CLASSES && confusionMatrix.length === classes.length;
  return html`<section><h2>Confusions</h2>${fits ? matrix(data) : null}${worstPairs(data)}</section>`;
}

function matrix({ classes, confusionMatrix }: ReportData): Html {
  const heads = classes.map((name) => html`<th class="down"><span>${name}</span></th>`);
  const rows = confusionMatrix.map((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, j) => cell(n, total, i === j));
    return html`<tr><th>${classes[i]!}</th>${cells}<td class="share">${total > 0 ? percent(row[i]! / total, 0) : "–"}</td></tr>`;
  });
  return html`<div class="scroll"><table class="confusion">
<tr><th class="corner">true ↓ predicted →</th>${heads}<th class="down"><span>right</span></th></tr>
${rows}</table></div>`;
}

function cell(n: number, total: number, right: boolean): Html {
  if (n === 0) return html`<td class="none">·</td>`;
  const share = n / total;
  const colour = right ? "5, 122, 85" : "200, 60, 20";
  const strength = (0.12 + 0.88 * share).toFixed(2);
  return html`<td style="background:rgba(${colour},${strength})"${new Html(share > 0.5 ? ' class="dark"' : "")}>${n}</td>`;
}

function worstPairs({ classes, confusionMatrix }: ReportData): Html {
  const pairs = confusionMatrix.flatMap((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.flatMap((n, j) => (n > 0 && i !== j ? [{ n, i, j, share: n / total }] : []));
  });
  if (pairs.length === 0) return html`<p>No picture was taken for one of another class.</p>`;
  const worst = pairs.sort((a, b) => b.n - a.n).slice(0, PAIRS);
  const rows = worst.map(
    ({ n, i, j, share }) =>
      html`<tr><td>${n}</td><td>${percent(share, 0)}</td><th>${classes[i] ?? i}</th><th>${classes[j] ?? j}</th></tr>`,
  );
  return html`<h3>Most often confused</h3><div class="scroll"><table class="numbers">
<tr><th>pictures</th><th>of its class</th><th>of class</th><th>taken for</th></tr>${rows}</table></div>`;
}
