import type { HeatMap } from "../explain/index.ts";
import { pngUrl } from "./png.ts";

/** A heat map to lie over a picture: nothing where nothing speaks for the class, then from yellow to red. data: URL. */
export function heatPicture({ width, height, values }: HeatMap): string {
  const most = values.reduce((a, b) => Math.max(a, b), 0) || 1;
  const data = new Uint8Array(4 * values.length);
  values.forEach((value, i) => {
    const heat = Math.max(0, value / most);
    data.set([255, Math.round(215 * (1 - heat)), 0, Math.round(200 * heat)], 4 * i);
  });
  return pngUrl({ width, height, channels: 4, data });
}
