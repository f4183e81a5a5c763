import { gatherInto } from "../../elements/strided.ts";
import type { FlatOrder } from "../../graph/flat_order.ts";
import { floatsOf, type SourceTensor } from "../../graph/writing.ts";
import type { PlannedWeight } from "./plan.ts";

/** The whole tensor in another order. */
function walked(
  role: string,
  tensor: SourceTensor,
  shape: readonly number[],
  strides: readonly number[],
): PlannedWeight {
  const fill = (target: Float32Array) =>
    gatherInto(target, floatsOf(tensor), shape, { offset: 0, strides });
  return { role, shape, fill, dtype: tensor.dtype };
}

/** [out, in, h, w] → [h, w, in, out]. */
export function convKernel(tensor: SourceTensor): PlannedWeight {
  const [outs, ins, height, width] = tensor.shape;
  const area = height * width;
  return walked("kernel", tensor, [height, width, ins, outs], [width, 1, area, ins * area]);
}

/** [channels · multiplier, 1, h, w] → [h, w, channels, multiplier]. */
export function depthwiseKernel(tensor: SourceTensor, channels: number): PlannedWeight {
  const [outs, , height, width] = tensor.shape;
  const area = height * width;
  const multiplier = outs / channels;
  const shape = [height, width, channels, multiplier];
  return walked("depthwise_kernel", tensor, shape, [width, 1, multiplier * area, area]);
}

/** [out, in] → [in, out], its rows in Keras's order. */
export function denseKernel(tensor: SourceTensor, order?: FlatOrder): PlannedWeight {
  const [outs, ins] = tensor.shape;
  const fill = (target: Float32Array) => {
    const source = floatsOf(tensor);
    let start = 0;
    for (const { channels, positions } of order ?? [{ channels: ins, positions: 1 }]) {
      const end = start + channels * (positions ?? 1);
      const walk = [positions ?? 1, channels, outs];
      const strides = [1, positions ?? 1, ins];
      const rows = target.subarray(start * outs, end * outs);
      gatherInto(rows, source, walk, { offset: start, strides });
      start = end;
    }
  };
  return { role: "kernel", shape: [ins, outs], fill, dtype: tensor.dtype };
}

/** One element per channel or feature, in Keras's order. */
export function vector(role: string, tensor: SourceTensor, order?: FlatOrder): PlannedWeight {
  const shape = [tensor.shape[0]];
  if (!order) return { role, shape, fill: (target) => target.set(floatsOf(tensor)) };
  const column = { ...tensor, shape: [1, shape[0]] };
  return { role, shape, fill: denseKernel(column, order).fill };
}

export function constant(role: string, values: readonly number[]): PlannedWeight {
  return { role, shape: [values.length], fill: (target) => target.set(values) };
}
