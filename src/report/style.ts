/** The page's looks: on a phone, beside each other on a screen, and on paper. */
export const STYLE = `
:root { color-scheme: light; --ink: #1c2430; --faint: #5b6675; --line: #dde2e9; --blue: #2563eb; --amber: #c2620a; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: var(--ink); background: #fff; max-width: 62rem; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.4rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; padding-top: 0.8rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 0.4rem; }
p { margin: 0.5rem 0; }
.note, small, .legend, figcaption { color: var(--faint); font-size: 0.82rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.7rem; margin: 1rem 0 0.4rem; }
.tile { border: 1px solid var(--line); border-radius: 8px; padding: 0.6rem 0.8rem; display: flex; flex-direction: column; }
.tile span { color: var(--faint); font-size: 0.82rem; }
.tile strong { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; margin: 0.6rem 0; }
th { font-weight: 600; text-align: left; }
td, th { padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.texts th { color: var(--faint); font-weight: 400; white-space: nowrap; padding-left: 0; }
.texts td { overflow-wrap: anywhere; }
.numbers td { text-align: right; white-space: nowrap; }
.numbers tr:first-child th { color: var(--faint); font-weight: 400; vertical-align: bottom; }
.numbers tr:first-child th:not(:first-child) { text-align: right; }
.numbers th:first-child { padding-left: 0; } .numbers .range { color: var(--faint); }
.numbers .wide { width: 14rem; min-width: 5rem; text-align: left; vertical-align: middle; }
.meter { display: block; height: 0.7rem; border-radius: 3px; background: var(--blue); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 1.6rem; align-items: start; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; }
.chart { width: 100%; height: auto; display: block; font-size: 11px; fill: var(--faint); }
.chart .grid { stroke: var(--line); } .chart .axis { stroke: var(--faint); }
.chart .series path { fill: none; stroke-width: 2; stroke-linejoin: round; }
.s0 path { stroke: var(--blue); } .s0 circle { fill: var(--blue); }
.s1 path { stroke: var(--amber); stroke-dasharray: 6 3; } .s1 circle { fill: var(--amber); }
.legend { display: flex; flex-wrap: wrap; gap: 0 1.2rem; margin: 0.1rem 0 0 0.4rem; }
.key::before { content: ""; display: inline-block; width: 1.4rem; border-top: 2px solid; vertical-align: middle; margin-right: 0.4rem; }
.k0::before { border-color: var(--blue); } .k1::before { border-color: var(--amber); border-top-style: dashed; }
.chart .bar { fill: var(--blue); } .chart .ideal { stroke: var(--ink); stroke-dasharray: 4 4; }
.confusion td { text-align: center; min-width: 2.1rem; padding: 0.25rem; border: 1px solid #fff; }
.confusion th { border: 0; white-space: nowrap; font-weight: 400; }
.confusion tr > th:first-child { position: sticky; left: 0; background: #fff; max-width: 11rem; overflow: hidden; text-overflow: ellipsis; }
.confusion .corner { color: var(--faint); font-size: 0.75rem; vertical-align: bottom; }
.confusion .down { vertical-align: bottom; text-align: center; padding: 0.25rem 0; }
.confusion .down span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 9rem; overflow: hidden; }
.confusion .none { color: #b6bfca; } .confusion .dark { color: #fff; } .confusion .share { color: var(--faint); }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
.mistake { border: 1px solid var(--line); border-radius: 8px; padding: 0.6rem; break-inside: avoid; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem; }
.pair img { width: 100%; aspect-ratio: 1; object-fit: fill; display: block; border-radius: 4px; background: #eee; }
.stack { position: relative; } .stack img:first-child { filter: grayscale(1); } .stack .heat { position: absolute; inset: 0; height: 100%; background: none; }
pre { background: #f4f6f9; border-radius: 6px; padding: 0.7rem 0.9rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85rem; }
@media (max-width: 34rem) { .numbers .wide { display: none; }  .mistakes { grid-template-columns: 1fr 1fr; gap: 0.6rem; } .mistake { padding: 0.4rem; font-size: 0.88rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; } figure, tr, .tile { break-inside: avoid; } h2, h3 { break-after: avoid; }
}`;
