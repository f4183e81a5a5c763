import { LimitError } from "../../gpu/index.ts";
import { countFlops } from "../../nn/index.ts";
import { estimateMemory } from "../../train/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { createNetwork } from "./build.ts";

export interface Cost {
  /** Floating-point operations of convolutions, linear layers and other products for one image, two a product. */
  readonly flops: number;
  readonly batchSize: number;
  /** Bytes on the GPU while training all layers with Adam; null where the adapter's limits forbid it. */
  readonly trainingBytes: number | null;
  /** What forbids it. */
  readonly why?: string;
}

/** Builds the network with fresh weights and finds out what it costs. Needs a device. */
export function costOf(info: NetworkInfo, batchSize: number): Cost {
  const model = createNetwork(info);
  const { channels, size } = info.input;
  const inputShape = [channels, size, size];
  const flops = countFlops(model, [1, ...inputShape]).total;
  try {
    const { total } = estimateMemory(model, inputShape, { batchSize });
    return { flops, batchSize, trainingBytes: total };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { flops, batchSize, trainingBytes: null, why: error.message };
  }
}
