/** What travels: weights as the bytes of a safetensors file, and a few numbers in its metadata. Any language has a reader for it. */
import { formats, type transfer } from "webgraft";

export interface Parcel {
  readonly weights: transfer.FederatedWeights;
  /** Which round it belongs to. */
  readonly round: number;
  /** How many examples the weights were trained on; 0 of the server's. */
  readonly examples: number;
}

export function pack({ weights, round, examples }: Parcel): Promise<Uint8Array> {
  const tensors = Object.entries(weights).map(([name, { shape, values }]) => {
    return [name, { shape, dtype: "f32", data: () => values }] as const;
  });
  const metadata = { round: `${round}`, examples: `${examples}` };
  return formats.saveSafetensors(Object.fromEntries(tensors), { metadata });
}

/** @throws WeightFileError for bytes that are no such file. */
export async function unpack(bytes: Uint8Array): Promise<Parcel> {
  const { tensors, metadata } = await formats.loadWeights(bytes);
  const weights = Array.from(tensors, ([name, tensor]) => {
    const values = Float32Array.from(tensor.data() as Float32Array);
    return [name, { shape: [...tensor.shape], values }] as const;
  });
  const [round, examples] = [Number(metadata.round), Number(metadata.examples)];
  return { weights: Object.fromEntries(weights), round, examples };
}
