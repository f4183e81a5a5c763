/** A run as one HTML file that needs nothing else. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bundlePage } from "../../tools/bundle_page.ts";
import type { Run } from "../types.ts";
import { escapeHtml } from "./html_text.ts";
import { plotsOf } from "./plots.ts";
import { sections } from "./sections.ts";

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
td, th { padding: 0.2rem 0.6rem; text-align: right; border-bottom: 1px solid #ddd; }
td:first-child, th:first-child, .texts td { text-align: left; vertical-align: top; }
.numbers td { white-space: nowrap; }
.bars { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 0.8rem; font-size: 14px; align-items: center; }
.bars .bar { height: 1rem; background: #2563eb; border-radius: 2px; min-width: 2px; display: inline-block; vertical-align: middle; }
.bars .value { margin-left: 0.5rem; font-variant-numeric: tabular-nums; }
.caption { color: #555; font-size: 14px; min-height: 1.5em; }
.missed { color: #b91c1c; } .met { color: #047857; }
.scroll { overflow-x: auto; }`;

async function chartScript(): Promise<string> {
  const [{ code }] = await bundlePage({
    entries: { charts: 'import "./bench/report/charts.ts";' },
  });
  return code;
}

function chartStyle(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css"), "utf8");
}

/** Text inside a script element must not end it. */
function inScript(text: string): string {
  return text.replace(/<\//g, "<\\/");
}

export async function reportHtml(run: Run): Promise<string> {
  const plots = plotsOf(run);
  const { top, bottom } = sections(run);
  const [script, css] = await Promise.all([chartScript(), chartStyle()]);
  const places = plots.map(
    ({ title }, i) => `<h2>${escapeHtml(title)}</h2>\n<div id="plot${i}"></div>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Graft bench</title>
<style>${css}${style}</style>
${top.join("\n")}
${places.join("\n")}
${bottom.join("\n")}
<script type="application/json" id="plots">${inScript(JSON.stringify(plots))}</script>
<script type="module">${inScript(script)}</script>
</html>
`;
}
