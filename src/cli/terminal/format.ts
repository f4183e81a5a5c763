export { count, plural, some } from "../../finetune/index.ts";
export { padEnd, padStart, shorten, width } from "./width.ts";

/** "93.3 %" */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** "0.8 s", "42 s", "3 min 05 s", "2 h 10 min" */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

/** "430 KB", "57.2 MB" */
export function bytes(n: number): string {
  if (n < 1000) return `${n} bytes`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = n / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** "0.63 GFLOP" */
export function flops(n: number): string {
  const units = ["FLOP", "KFLOP", "MFLOP", "GFLOP", "TFLOP"];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, n)) / 3)));
  return `${(n / 1000 ** unit).toPrecision(3)} ${units[unit]}`;
}
