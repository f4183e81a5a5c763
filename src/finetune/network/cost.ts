import { inferShapes, type NetworkGraph } from "../../formats/index.ts";
import { LimitError } from "../../gpu/index.ts";
import { traceModel } from "../../models/index.ts";
import type { Module } from "../../nn/index.ts";
import { estimateMemory } from "../../train/index.ts";
import type { NetworkInfo } from "../../transfer/index.ts";
import { createNetwork } from "./build.ts";

export interface Cost {
  /**
   * Floating-point operations of convolutions and linear layers for one image, two a product; null
   * where the network has steps that can't be traced.
   */
  readonly flops: number | null;
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
  const flops = tracedFlops(model, inputShape);
  try {
    const { total } = estimateMemory(model, inputShape, { batchSize });
    return { flops, batchSize, trainingBytes: total };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { flops, batchSize, trainingBytes: null, why: error.message };
  }
}

function tracedFlops(model: Module, inputShape: number[]): number | null {
  try {
    return flopsOf(traceModel(model, inputShape).graph);
  } catch {
    return null; // networks that pad channels, say: the memory can be told all the same
  }
}

function flopsOf(graph: NetworkGraph): number {
  const shapes = inferShapes(graph);
  let products = 0;
  for (const { name, op, attrs } of graph.nodes) {
    const [outputs = 0, height, width] = shapes.get(name) ?? [];
    if (op === "linear") products += attrs.inFeatures * attrs.outFeatures;
    if (op !== "conv2d") continue;
    const { inChannels, groups, kernelSize } = attrs;
    const perOutput = (inChannels / groups) * kernelSize[0] * kernelSize[1];
    products += (outputs ?? 0) * (height ?? 0) * (width ?? 0) * perOutput;
  }
  return 2 * products;
}
