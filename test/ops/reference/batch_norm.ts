import type { Ref } from "../op_info.ts";
import { generate } from "./array.ts";

export interface ChannelMoments {
  readonly mean: number;
  /** Over n. */
  readonly variance: number;
  readonly count: number;
}

/** Mean and variance of each channel of x [N, C, …]. */
export function momentsRef(x: Ref): ChannelMoments[] {
  const [batch, channels] = x.shape as [number, number];
  const inner = x.data.length / batch / channels;
  return Array.from({ length: channels }, (_, c) => {
    const values: number[] = [];
    for (let n = 0; n < batch; n++) {
      const at = (n * channels + c) * inner;
      for (let i = 0; i < inner; i++) values.push(x.data[at + i]!);
    }
    const count = values.length;
    const mean = values.reduce((sum, v) => sum + v, 0) / count;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count;
    return { mean, variance, count };
  });
}

export interface BatchNormCase {
  /** Absent: the batch's own. */
  readonly running?: { readonly mean: ArrayLike<number>; readonly variance: ArrayLike<number> };
  readonly weight?: Ref;
  readonly bias?: Ref;
  readonly eps?: number;
}

export function batchNormRef(x: Ref, { running, weight, bias, eps = 1e-5 }: BatchNormCase): Ref {
  const [batch, channels] = x.shape as [number, number];
  const inner = x.data.length / batch / channels;
  const moments = running ? null : momentsRef(x);
  return generate(x.shape, (i) => {
    const c = Math.floor(i / inner) % channels;
    const mean = running ? running.mean[c]! : moments![c]!.mean;
    const variance = running ? running.variance[c]! : moments![c]!.variance;
    const normal = (x.data[i]! - mean) / Math.sqrt(variance + eps);
    return normal * (weight?.data[c] ?? 1) + (bias?.data[c] ?? 0);
  });
}
