/** From PyTorch's layouts to those of libraries that keep channels last. */

/** [batch, channels, pixels] → [batch, pixels, channels]. */
export function channelsLast(
  values: Float32Array,
  batch: number,
  channels: number,
  pixels: number,
): Float32Array {
  const out = new Float32Array(values.length);
  for (let n = 0, i = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) out[(n * pixels + p) * channels + c] = values[i++];
  return out;
}

/** [rows, columns] → [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return channelsLast(values, 1, rows, columns);
}

/** 3×3 filters: [out, in, 3, 3] → [3, 3, in, out]. */
export function weightsChannelsLast(
  values: Float32Array,
  outputs: number,
  inputs: number,
): Float32Array {
  return channelsLast(transposed(values, outputs * inputs, 9), 9, outputs, inputs);
}

/** A linear layer's [out, channels · side²] for a map that is flattened as [side², channels]. */
export function flattenedChannelsLast(
  values: Float32Array,
  outputs: number,
  side: number,
): Float32Array {
  return channelsLast(values, outputs, values.length / outputs / side ** 2, side ** 2);
}
