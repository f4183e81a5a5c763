import { type ScaleLinear, scaleLinear } from "d3-scale";
import { type Html, html } from "../html.ts";

/** Of all charts, in units of their own: text of 11 units is readable on a phone and beside another chart. */
const [WIDTH, HEIGHT] = [360, 230];
const MARGIN = { top: 10, right: 20, bottom: 38, left: 56 };

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly format: (value: number) => string;
  /** Only whole numbers are marked. */
  readonly whole?: boolean;
}

export interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

export function scalesOf(x: Axis, y: Axis): Scales {
  return {
    x: scaleLinear([x.from, x.to], [MARGIN.left, WIDTH - MARGIN.right]),
    y: scaleLinear([y.from, y.to], [HEIGHT - MARGIN.bottom, MARGIN.top]),
  };
}

/** A picture with both axes around what is drawn. */
export function chart(
  title: string,
  x: Axis,
  y: Axis,
  { x: toX, y: toY }: Scales,
  drawn: Html,
): Html {
  const bottom = HEIGHT - MARGIN.bottom;
  const middle = (MARGIN.left + WIDTH - MARGIN.right) / 2;
  const xTicks = toX.ticks(6).filter((tick) => !x.whole || Number.isInteger(tick));
  const rows = toY.ticks(5).map(
    (
      tick,
    ) => html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(toY(tick))}" y2="${at(toY(tick))}"/>
<text x="${MARGIN.left - 6}" y="${at(toY(tick) + 4)}" text-anchor="end">${y.format(tick)}</text>`,
  );
  const columns = xTicks.map(
    (tick) =>
      html`<text x="${at(toX(tick))}" y="${bottom + 15}" text-anchor="middle">${x.format(tick)}</text>`,
  );
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${rows}
${columns}
<line class="axis" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${bottom}" y2="${bottom}"/>
<text class="label" x="${middle}" y="${HEIGHT - 5}" text-anchor="middle">${x.label}</text>
<text class="label" transform="translate(11 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${y.label}</text>
${drawn}
</svg>`;
}

/** A coordinate with as many digits as can be seen. */
export const at = (value: number) => Number(value.toFixed(1));
