/** IEEE 754 half precision and bfloat16 to and from float32, bit by bit. */

/** @returns the values of half-precision bit patterns, exactly, in `floats`. */
export function floatsFromHalf(
  halves: Uint16Array,
  floats: Float32Array = new Float32Array(halves.length),
): Float32Array {
  // As integers: a NaN that passes through a float may come out as another.
  const bits = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
  const count = halves.length;
  for (let i = 0; i < count; i++) {
    const half = halves[i];
    const sign = (half & 0x8000) << 16;
    if ((half & 0x7c00) === 0x7c00) {
      bits[i] = sign | 0x7f800000 | ((half & 0x3ff) << 13);
    } else if ((half & 0x7c00) === 0) {
      bits[i] = sign;
      if (half & 0x3ff) floats[i] = (sign ? -1 : 1) * (half & 0x3ff) * 2 ** -24;
    } else {
      bits[i] = sign | (((half & 0x7fff) << 13) + (112 << 23));
    }
  }
  return floats;
}

/** @returns the values of bfloat16 bit patterns, exactly, in `floats`: they are the upper halves of float32. */
export function floatsFromBfloat(
  halves: Uint16Array,
  floats: Float32Array = new Float32Array(halves.length),
): Float32Array {
  const bits = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
  const count = halves.length;
  for (let i = 0; i < count; i++) bits[i] = halves[i] << 16;
  return floats;
}

function floatBits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Drops `count` low bits, rounding to nearest and ties to even. */
function roundedShift(bits: number, count: number): number {
  const half = 2 ** (count - 1);
  const odd = (bits >>> count) & 1;
  return (bits + (half - 1) + odd) >>> count;
}

function halfFromFloatBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to 65,536 or more: infinity
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13);
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign; // below half of the smallest subnormal
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
}

/** @returns half-precision bit patterns, rounded to nearest even; too large becomes infinity. */
export function halfFromFloats(values: Float32Array): Uint16Array {
  const bits = floatBits(values);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = halfFromFloatBits(bits[i]);
  return halves;
}

/** @returns bfloat16 bit patterns, rounded to nearest even. */
export function bfloatFromFloats(values: Float32Array): Uint16Array {
  const bits = floatBits(values);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const nan = (bits[i] & 0x7fffffff) > 0x7f800000;
    halves[i] = nan ? (bits[i] >>> 16) | 0x40 : roundedShift(bits[i], 16);
  }
  return halves;
}
