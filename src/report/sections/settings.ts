import type { ReportData } from "../data.ts";
import { type Html, html } from "../html.ts";

/** What was asked for, and how to do it again. */
export function settings({ settings: given, command }: ReportData): Html {
  const rows = Object.entries(given).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return html`<tr><th>${name}</th><td>${text}</td></tr>`;
  });
  const again = command
    ? html`<p>To make it again:</p><pre>${command}</pre>`
    : html`<p class="note">It was made by a program, with data or weights that no command line can name.</p>`;
  return html`<section><h2>Settings</h2>${again}
${rows.length > 0 ? html`<table class="texts">${rows}</table>` : html`<p class="note">Everything was decided by itself.</p>`}</section>`;
}
