import { gather } from "../elements/strided.ts";
import { derived } from "../elements/tensors.ts";
import type { WeightData, WeightTensor } from "../types.ts";

/**
 * In which order a file counts the elements of a flattened map. A file in NHWC lets the channels run fastest;
 * here they always run slowest, so weights behind the flattening must be put in our order.
 *
 * A vector is made of stretches (more than one after a concatenation): element c · positions + p of a stretch is
 * the file's element p · channels + c.
 */
export type FlatOrder = readonly Stretch[];

export interface Stretch {
  readonly channels: number;
  /** height · width; null where the file leaves the size open. */
  readonly positions: number | null;
}

/** The order of a flattened NHWC map; undefined where it makes no difference. */
export function flattenedMap(channels: number, positions: number | null): FlatOrder | undefined {
  return channels === 1 || positions === 1 ? undefined : [{ channels, positions }];
}

/** The order of concatenated vectors. `lengths` matter where a vector has no order of its own. */
export function concatenated(
  orders: readonly (FlatOrder | undefined)[],
  lengths: readonly (number | null)[],
): FlatOrder | undefined {
  if (orders.every((order) => order === undefined)) return undefined;
  return orders.flatMap((order, i) => order ?? [{ channels: lengths[i] ?? 1, positions: 1 }]);
}

export function sameOrder(a: FlatOrder | undefined, b: FlatOrder | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The order with open sizes filled in.
 *
 * @param length of the vector.
 * @throws Error when a layer's weights for so many features can't be for this flattened map.
 */
export function fittingOrder(order: FlatOrder, length: number): FlatOrder {
  const [first] = order;
  const open = order.length === 1 && first.positions === null;
  const filled = open ? [{ ...first, positions: length / first.channels }] : order;
  const total = filled.reduce(
    (sum, { channels, positions }) => sum + channels * (positions ?? Number.NaN),
    0,
  );
  if (total === length && filled.every(isWhole)) return filled;
  throw new Error(
    `its weights are for ${length} features, which is not what the flattened map has`,
  );
}

function isWhole({ positions }: Stretch): boolean {
  return Number.isInteger(positions);
}

/**
 * A dense layer's weights as [out, in], its columns in our order, copied when read.
 *
 * @param tensor [in, out] as in Keras, or [out, in] with `isOutIn`.
 * @param order must fit the tensor: see `fittingOrder`.
 */
export function denseWeight(
  tensor: WeightTensor,
  { isOutIn = false, order }: { isOutIn?: boolean; order?: FlatOrder } = {},
): WeightTensor {
  const [inputs, outputs] = isOutIn ? [tensor.shape[1], tensor.shape[0]] : tensor.shape;
  const [inStep, outStep] = isOutIn ? [1, inputs] : [outputs, 1];
  const shape = [outputs, inputs];
  if (isOutIn && !order) return tensor;
  const stretches = order ?? [{ channels: inputs, positions: 1 }];
  if (stretches.length === 1) {
    const [{ channels, positions }] = stretches;
    const walk = [outputs, channels, positions ?? 1];
    const strides = [outStep, inStep, channels * inStep];
    return derived(tensor, shape, (data, room) => gather(data, walk, { offset: 0, strides }, room));
  }
  const outIn = isOutIn ? tensor : denseWeight(tensor);
  return derived(outIn, shape, (data) => columnsInOrder(data, shape, stretches));
}

function columnsInOrder(from: WeightData, [outputs, inputs]: readonly number[], order: FlatOrder) {
  const to = from.slice();
  let start = 0;
  for (const { channels, positions } of order) {
    const length = channels * (positions ?? 1);
    const walk = [outputs, channels, positions ?? 1];
    const strides = [inputs, 1, channels];
    const columns = gather(from, walk, { offset: start, strides });
    for (let row = 0; row < outputs; row++) {
      copyWithin(to, columns, row * inputs + start, row * length, length);
    }
    start += length;
  }
  return to;
}

function copyWithin(
  to: WeightData,
  from: WeightData,
  at: number,
  start: number,
  count: number,
): void {
  // The two are of the same type, which TypeScript can't know of a union.
  for (let i = 0; i < count; i++) to[at + i] = from[start + i];
}

/** A vector with one element per feature (a batch norm's), its elements in our order. */
export function vectorInOrder(tensor: WeightTensor, order: FlatOrder): WeightTensor {
  const row = { ...tensor, shape: [1, tensor.shape[0]] };
  const { shape } = tensor;
  return { ...denseWeight(row, { isOutIn: true, order }), shape, originalShape: shape };
}
