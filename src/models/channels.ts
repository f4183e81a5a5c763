/**
 * Channels of a scaled network: the nearest multiple of 8, but not below 90 % of the value (MobileNet's rule, which
 * EfficientNet took over).
 */
export function toMultipleOf8(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}
