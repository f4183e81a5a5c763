import type { FlatOrder } from "../../architecture/flat_order.ts";
import { gather } from "../../strided.ts";
import type { TensorToWrite } from "../../types.ts";
import type { PlannedWeight } from "./plan.ts";

/** A tensor to be written, in PyTorch's layout. */
export type SourceTensor = Pick<TensorToWrite, "shape" | "dtype" | "data">;

/** Keras keeps float32; other floats become that. */
function floats({ data }: SourceTensor): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data, Number);
}

function walked(
  tensor: SourceTensor,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Float32Array {
  const gathered = gather(floats(tensor), shape, { offset, strides });
  return gathered instanceof Float32Array ? gathered : Float32Array.from(gathered, Number);
}

/** [out, in, h, w] → [h, w, in, out]. */
export function convKernel(tensor: SourceTensor): PlannedWeight {
  const [outs, ins, height, width] = tensor.shape;
  const area = height * width;
  const shape = [height, width, ins, outs];
  return { role: "kernel", shape, data: () => walked(tensor, shape, [width, 1, area, ins * area]) };
}

/** [channels · multiplier, 1, h, w] → [h, w, channels, multiplier]. */
export function depthwiseKernel(tensor: SourceTensor, channels: number): PlannedWeight {
  const [outs, , height, width] = tensor.shape;
  const area = height * width;
  const multiplier = outs / channels;
  const shape = [height, width, channels, multiplier];
  const data = () => walked(tensor, shape, [width, 1, multiplier * area, area]);
  return { role: "depthwise_kernel", shape, data };
}

/** [out, in] → [in, out], its rows in Keras's order. */
export function denseKernel(tensor: SourceTensor, order?: FlatOrder): PlannedWeight {
  const [outs, ins] = tensor.shape;
  const data = () => {
    const kernel = new Float32Array(ins * outs);
    let start = 0;
    for (const { channels, positions } of order ?? [{ channels: ins, positions: 1 }]) {
      const length = channels * (positions ?? 1);
      const walk = [positions ?? 1, channels, outs];
      kernel.set(walked(tensor, walk, [1, positions ?? 1, ins], start), start * outs);
      start += length;
    }
    return kernel;
  };
  return { role: "kernel", shape: [ins, outs], data };
}

/** One element per channel or feature, in Keras's order. */
export function vector(role: string, tensor: SourceTensor, order?: FlatOrder): PlannedWeight {
  const shape = [tensor.shape[0]];
  if (!order) return { role, shape, data: () => floats(tensor) };
  const column = { ...tensor, shape: [1, shape[0]] };
  return { role, shape, data: denseKernel(column, order).data };
}

export function constant(role: string, values: readonly number[]): PlannedWeight {
  return { role, shape: [values.length], data: () => Float32Array.from(values) };
}
