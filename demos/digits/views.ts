import type { Picture, Sample, Scores } from "./messages.ts";
import { canvasOf } from "./pictures.ts";

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

export function showPictures(element: HTMLElement, pictures: readonly Picture[]): void {
  element.replaceChildren(...pictures.map(canvasOf));
}

/** Test pictures with what the network takes them for. */
export function showSamples(element: HTMLElement, samples: readonly Sample[]): void {
  const figures = samples.map((sample) => {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const right = sample.predicted === sample.label;
    caption.textContent = `${sample.predicted} · ${Math.round(100 * sample.probability)} %`;
    figure.title = `${sample.label}, taken for ${sample.predicted}`;
    figure.classList.toggle("wrong", !right);
    figure.append(canvasOf(sample), caption);
    return figure;
  });
  element.replaceChildren(...figures);
}

/** The confusion matrix as a table: the fuller a cell, the deeper its colour. */
export function showConfusion(element: HTMLElement, { confusionMatrix, classes }: Scores): void {
  const table = document.createElement("table");
  table.className = "confusion";
  const head = table.createTHead().insertRow();
  for (const name of ["", ...classes]) head.append(headCell(name));
  const body = table.createTBody();
  confusionMatrix.forEach((row, i) => {
    const line = body.insertRow();
    line.append(headCell(classes[i]));
    const total = Math.max(
      1,
      row.reduce((sum, n) => sum + n, 0),
    );
    row.forEach((n, j) => {
      const cell = line.insertCell();
      cell.textContent = n === 0 ? "" : String(n);
      cell.title = `${n} × ${classes[i]}, taken for ${classes[j]}`;
      const colour = i === j ? "--green" : "--red";
      const depth = n === 0 ? 0 : 15 + (75 * n) / total;
      cell.style.background = `color-mix(in srgb, var(${colour}) ${depth.toFixed(0)}%, var(--ground))`;
    });
  });
  element.replaceChildren(table);
}

function headCell(text: string): HTMLElement {
  const cell = document.createElement("th");
  cell.textContent = text.length > 12 ? `${text.slice(0, 11)}…` : text;
  cell.title = text;
  return cell;
}
