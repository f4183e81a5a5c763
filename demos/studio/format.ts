import { language } from "../shared/index.ts";

const locale = () => (language.value === "zh" ? "zh-CN" : "en");

export const count = (n: number) => n.toLocaleString(locale());
export const percent = (share: number) =>
  share.toLocaleString(locale(), { style: "percent", maximumFractionDigits: 1 });
/** In powers of 1,000: "470 K", "1.2 G". */
export const short = (n: number) =>
  n.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 3 });
export const bytes = (n: number) => `${Math.ceil(n / 2 ** 20).toLocaleString(locale())} MB`;
/** Of a learning rate or a loss. */
export const figure = (n: number) => String(Number(n.toPrecision(3)));
