import type { WeightData, WeightTensor } from "../types.ts";

/** Memory that elements are decoded into. */
export interface Room {
  /** Memory of at least this many bytes, with anything in it. */
  take(bytes: number): ArrayBuffer;
}

/** New memory each time: what is decoded stays. */
export const FRESH: Room = { take: (bytes) => new ArrayBuffer(bytes) };

/**
 * The same memory for tensor after tensor. There are two buffers in turn, so that a step of decoding can read what
 * the step before it gave; the second is never made where one step is all.
 */
export class ReusedRoom implements Room {
  #buffers = [new ArrayBuffer(0), new ArrayBuffer(0)];

  /** The same memory for the next tensor: what was decoded before is overwritten. */
  emptied(): this {
    this.#buffers.sort((a, b) => b.byteLength - a.byteLength);
    return this;
  }

  take(bytes: number): ArrayBuffer {
    const [next, last] = this.#buffers;
    const buffer = next.byteLength < bytes ? new ArrayBuffer(bytes) : next;
    this.#buffers = [last, buffer];
    return buffer;
  }
}

/** Turns a tensor's bytes, which are at hand by then, into its elements. Throws nothing but for lack of memory. */
export type Decode = (room: Room) => WeightData;

/** A property of the function `data`, not of the tensor: a copy of the tensor may have another `data`, which then counts. */
const FETCH = Symbol("gets what data decodes");

/**
 * The `data` of a tensor in two steps.
 *
 * @param fetch gets the bytes, and throws whatever is wrong with them.
 */
export function inSteps(fetch: () => Decode): WeightTensor["data"] {
  return Object.assign(() => fetch()(FRESH), { [FETCH]: fetch });
}

type InSteps = WeightTensor["data"] & { readonly [FETCH]: () => Decode };

/** Gets what the tensor's elements are made of. @throws what `tensor.data()` would. */
export function fetched(tensor: WeightTensor): Decode {
  if (FETCH in tensor.data) return (tensor.data as InSteps)[FETCH]();
  const data = tensor.data();
  return () => data;
}
