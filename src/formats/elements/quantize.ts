/** A matrix or kernel in 8 bits, each row with a scale of its own: value = scale · integer. */
export interface Quantized {
  readonly values: Int8Array;
  /** One number a row. */
  readonly scale: Float32Array;
}

/** −128 is left out, so that a row and its negative are treated alike. */
const MOST = 127;

/**
 * Rounds to 8 bits, symmetric about 0, by rows along the first axis: what ONNX's DequantizeLinear and PyTorch's per-channel
 * symmetric scheme take back. Off by half a scale at most, and a row's scale is its largest value / 127.
 */
export function quantized(data: Float32Array, rows: number): Quantized {
  const width = rows > 0 ? data.length / rows : 0;
  const values = new Int8Array(data.length);
  const scale = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let most = 0;
    for (let i = row * width; i < (row + 1) * width; i++) most = Math.max(most, Math.abs(data[i]));
    scale[row] = most / MOST || 1;
    for (let i = row * width; i < (row + 1) * width; i++)
      values[i] = Math.max(-MOST, Math.min(MOST, Math.round(data[i] / scale[row])));
  }
  return { values, scale };
}

/** (integer − zero point) · scale, where `zeroPoint` is left out for 0; both have one number for each entry of one axis, or one for all. */
export function dequantized(
  values: ArrayLike<number>,
  scale: ArrayLike<number>,
  zeroPoint: ArrayLike<number> | undefined,
  { entries, inner }: { readonly entries: number; readonly inner: number },
): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const entry = scale.length === 1 ? 0 : Math.floor(i / inner) % entries;
    out[i] = (values[i] - (zeroPoint?.[entry] ?? 0)) * scale[entry];
  }
  return out;
}

/** Whether a tensor is worth it: matrices and kernels are nearly all of a file, the rest is sensitive. */
export function isQuantizable({ shape }: { readonly shape: readonly number[] }): boolean {
  return shape.length >= 2;
}
