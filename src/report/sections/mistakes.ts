import type { MistakePicture, ReportData } from "../data.ts";
import { percent } from "../format.ts";
import { type Html, html } from "../html.ts";

const OF_CLASSES =
  "Those whose own class it found least likely. Right of each picture: what in it spoke for the class that it was taken for";
const OF_LABELS =
  "The labels that it was surest of and wrong about. Right of each picture: what in it spoke for the label";

/** The pictures that it was most wrong about, with what spoke for the wrong class. */
export function mistakes(
  { mistakes: list, precisionRecall }: ReportData,
  pictures: readonly MistakePicture[],
): Html {
  if (list.length === 0)
    return html`<section><h2>Mistakes</h2><p>None: every picture was given its class.</p></section>`;
  const cards = list.map(({ name, label, probabilityOfLabel, predicted, probability }, i) => {
    const { picture = null, heatMap = null } = pictures[i] ?? {};
    const over = heatMap ? html`<img class="heat" src="${heatMap}" alt="">` : null;
    const what = `${label}, taken for ${predicted}`;
    const shown = picture
      ? html`<div class="pair"><img src="${picture}" alt="${what}"><div class="stack"><img src="${picture}" alt="">${over}</div></div>`
      : null;
    return html`<div class="mistake">${shown}
<p>taken for <strong>${predicted}</strong>, ${percent(probability, 0)}<br>is <strong>${label}</strong>, ${percent(probabilityOfLabel, 0)}</p>
${name === null ? null : html`<small>${name}</small>`}</div>`;
  });
  return html`<section><h2>Mistakes</h2>
<p class="note">${precisionRecall ? OF_LABELS : OF_CLASSES}, from yellow to red.</p>
<div class="mistakes">${cards}</div></section>`;
}
