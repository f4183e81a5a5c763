import "../../tools/page_language.ts";
import uPlot from "uplot";
import type { Phase } from "./messages.ts";

const PHASES: readonly Phase[] = ["fine-tuned", "from scratch"];
const COLOURS = ["--green", "--amber"];
/** Weight of the past: single batches jump about. */
const MEMORY = 0.8;

/** A curve for each training over the steps, redrawn at most once a frame. */
export class StepChart {
  readonly #plot: uPlot;
  #values: Record<Phase, number[]> = { "fine-tuned": [], "from scratch": [] };
  #waiting = false;

  constructor(
    private readonly element: HTMLElement,
    title: string,
    format: (value: number) => string,
    range: [number, number | null],
  ) {
    const axis = {
      stroke: () => css("--faint"),
      grid: { stroke: () => css("--line"), width: 1 },
      ticks: { show: false },
    };
    this.#plot = new uPlot(
      {
        title,
        width: element.clientWidth || 400,
        height: 190,
        scales: {
          x: { time: false },
          y: { range: (_, __, max) => [range[0], range[1] ?? Math.max(0.1, max * 1.05)] },
        },
        axes: [axis, { ...axis, size: 46, values: (_, ticks) => ticks.map(format) }],
        series: [
          { label: "step" },
          ...PHASES.map((label, i) => ({
            label,
            stroke: () => css(COLOURS[i]),
            width: 2,
            value: (_: uPlot, v: number | null) => (v === null ? "–" : format(v)),
          })),
        ],
      },
      [[], [], []],
      element,
    );
    new ResizeObserver(() => this.#resize()).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#plot.redraw(false, true);
    });
  }

  clear(): void {
    this.#values = { "fine-tuned": [], "from scratch": [] };
    this.#draw();
  }

  add(phase: Phase, value: number): void {
    const values = this.#values[phase];
    const last = values.at(-1);
    values.push(last === undefined ? value : MEMORY * last + (1 - MEMORY) * value);
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  #draw(): void {
    const curves = PHASES.map((phase) => this.#values[phase]);
    const steps = Math.max(...curves.map(({ length }) => length));
    const x = Array.from({ length: steps }, (_, i) => i + 1);
    const padded = curves.map((curve) => x.map((_, i) => curve[i] ?? null));
    this.#plot.setData([x, ...padded] as uPlot.AlignedData);
  }

  #resize(): void {
    const { clientWidth: width } = this.element;
    if (width > 0) this.#plot.setSize({ width, height: 190 });
  }
}

function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
