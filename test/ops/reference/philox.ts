type Words = readonly [number, number, number, number];

function multiply(a: number, b: number): [high: number, low: number] {
  const product = BigInt(a) * BigInt(b);
  return [Number(product >> 32n), Number(product & 0xffffffffn)];
}

/** Philox-4x32-10 (Salmon et al., SC 2011), as the paper writes it. */
export function philox(counter: Words, [k0, k1]: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  for (let round = 0; round < 10; round++) {
    const key0 = (k0 + round * 0x9e3779b9) % 2 ** 32;
    const key1 = (k1 + round * 0xbb67ae85) % 2 ** 32;
    const [high0, low0] = multiply(0xd2511f53, a);
    const [high1, low1] = multiply(0xcd9e8d57, c);
    [a, b, c, d] = [(high1 ^ b ^ key0) >>> 0, low1, (high0 ^ d ^ key1) >>> 0, low0];
  }
  return [a, b, c, d];
}
