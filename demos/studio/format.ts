import { language } from "../shared/index.ts";

const locale = () => (language.value === "zh" ? "zh-CN" : "en");

export const count = (n: number) => n.toLocaleString(locale());
export const percent = (share: number) =>
  share.toLocaleString(locale(), { style: "percent", maximumFractionDigits: 1 });
/** In powers of 1,000: "470 K", "1.2 G". */
export const short = (n: number) =>
  n.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 3 });
export const bytes = (n: number) =>
  n < 2 ** 20
    ? `${Math.ceil(n / 1024)} KB`
    : `${Math.ceil(n / 2 ** 20).toLocaleString(locale())} MB`;
/** Of seconds, with two digits: "4.2 ms", "0.12 s", "14 s", "3 min". */
export function duration(seconds: number): string {
  if (seconds >= 100) return `${Math.round(seconds / 60)} min`;
  if (seconds >= 0.01) return `${Number(seconds.toPrecision(2))} s`;
  return `${Number((1000 * seconds).toPrecision(2))} ms`;
}
/** Of a learning rate or a loss. */
export const figure = (n: number) => String(Number(n.toPrecision(3)));
