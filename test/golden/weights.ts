/** Numbers that Python and TypeScript make alike, bit for bit: see weights.py, which tells how. */

export function fnv1a(name: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

type Shape = readonly number[];

const product = (dimensions: Shape) => dimensions.reduce((a, b) => a * b, 1);

function fill(name: string, shape: Shape, of: (u: number) => number): Float32Array {
  const seed = fnv1a(name);
  // A plain loop: networks have tens of millions of weights, and `from` takes many times as long.
  const values = new Float32Array(product(shape));
  for (let i = 0; i < values.length; i++) values[i] = of((mix(seed ^ mix(i)) >>> 8) / 2 ** 24);
  return values;
}

/** Between −scale and scale. */
export function uniform(name: string, shape: Shape, scale = 1): Float32Array {
  return fill(name, shape, (u) => (2 * u - 1) * scale);
}

export function labels(name: string, count: number, classes: number): Int32Array {
  const seed = fnv1a(name);
  return Int32Array.from({ length: count }, (_, i) => mix(seed ^ mix(i)) % classes);
}

/** A parameter or running statistic, of the kind that its name and shape tell. */
export function parameter(name: string, shape: Shape): Float32Array {
  if (shape.length > 1) return uniform(name, shape, Math.sqrt(6 / product(shape.slice(1))));
  if (/(weight|running_var|_bn\.bias)$/.test(name)) {
    return fill(name, shape, (u) => 0.5 + u);
  }
  return fill(name, shape, (u) => (u - 0.5) / 5);
}

/** FNV-1a over the 32-bit words of a float32 array: equal when every bit is. */
export function checksum(values: Float32Array): number {
  let h = 0x811c9dc5;
  for (const word of new Uint32Array(values.buffer, values.byteOffset, values.length)) {
    h = Math.imul(h ^ word, 0x01000193);
  }
  return h >>> 0;
}
