/** Numbers as people read them. */

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function scaled(value: number, units: readonly string[], step: number): string {
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= step && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  return `${digits(rest)} ${units[unit]}`;
}

/** "12.3 s", "45.6 ms", "7.80 µs" */
export function seconds(value: number): string {
  if (value === 0) return "0 s";
  const size = Math.abs(value);
  if (size >= 1) return `${digits(value)} s`;
  return size >= 1e-3 ? `${digits(value * 1e3)} ms` : `${digits(value * 1e6)} µs`;
}

/** "9.87 GFLOP/s" */
export function flopRate(perSecond: number): string {
  return scaled(perSecond / 1e6, ["MFLOP/s", "GFLOP/s", "TFLOP/s"], 1000);
}

/** "3.21 GB/s" */
export function byteRate(perSecond: number): string {
  return scaled(perSecond / 1e6, ["MB/s", "GB/s", "TB/s"], 1000);
}

/** "59.0 MB", in powers of 1000. */
export function bytes(value: number): string {
  return value < 1000 ? `${value} B` : scaled(value / 1e3, ["KB", "MB", "GB"], 1000);
}

/** "83 %" */
export function percent(fraction: number): string {
  return `${digits(100 * fraction)} %`;
}

/** "7.12×" */
export function times(ratio: number): string {
  return `${digits(ratio)}×`;
}

/** "1,234" */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Time left, rounded as such guesses are: "40 s", "12 min", "1 h 20 min". */
export function roughTime(value: number): string {
  if (value < 90) return `${Math.max(5, Math.ceil(value / 5) * 5)} s`;
  const minutes = Math.round(value / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What a terminal has room for of an error that may show source lines. */
export function firstLine(text: string): string {
  const [line] = text.split("\n");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

interface Sizes {
  readonly downloadBytes?: number;
  readonly softwareBytes?: number;
}

/** "59.2 KB, on a software adapter 5.8 KB more" */
export function downloadText({ downloadBytes = 0, softwareBytes = 0 }: Sizes): string {
  const more = softwareBytes > 0 ? `, on a software adapter ${bytes(softwareBytes)} more` : "";
  return bytes(downloadBytes) + more;
}
