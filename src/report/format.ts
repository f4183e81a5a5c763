/** "93.4 %"; a dash for what isn't known. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "–";
}

/** "0.123" */
export function decimal(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}

/** "91.2–95.0 %" */
export function range(low: number, high: number): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "–";
  return `${(100 * low).toFixed(1)}–${percent(high)}`;
}
