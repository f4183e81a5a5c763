import { floatsFromHalf, type Shape, shapeText, sizeOf } from "../base/index.ts";
import { currentDevice, currentRecorder, type Device, Storage, unrecorded } from "../gpu/index.ts";
import { innerScope, type Owned, type Scope } from "./scope.ts";

/** What a tensor holds. "f16" is only stored: sums are single precision. */
export type DType = "f32" | "i32" | "u32" | "f16";
export type TypedArray = Float32Array | Int32Array | Uint32Array | Uint16Array;

export const BYTES: Readonly<Record<DType, number>> = { f32: 4, i32: 4, u32: 4, f16: 2 };
export const MAX_RANK = 6;

/** A reference to memory, given up once. */
class Hold {
  released = false;

  constructor(public storage: Storage | null) {}

  release(): void {
    if (this.released) return;
    this.released = true;
    this.storage?.release();
  }
}

/** Memory that is there once it is asked for. */
export interface StorageSource {
  readonly storage: Storage;
}

/**
 * A dense row-major array on the GPU without gradients: what kernels take and give. Holds one
 * reference to its storage, given up once by `release`.
 */
export class NDArray implements Owned {
  /** For whoever frees the memory when the array itself was collected: doesn't lead back to it. */
  readonly hold: Hold;
  #source: StorageSource | null = null;
  /** The scope that frees it. */
  #scope: Scope | null;

  /** @param memory of which it takes over a reference, or what computes it when it is asked for. */
  constructor(
    memory: Storage | StorageSource,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {
    this.hold = new Hold(memory instanceof Storage ? memory : null);
    if (!(memory instanceof Storage)) this.#source = memory;
    this.#scope = innerScope.value;
    this.#scope?.add(this);
  }

  get storage(): Storage {
    if (this.hold.storage) return this.hold.storage;
    const { storage } = this.#source!;
    if (!this.released) this.hold.storage = storage.retain();
    return storage;
  }

  /** Whether it has memory, or would have to be computed. */
  get isThere(): boolean {
    return this.hold.storage !== null;
  }

  /** The same object for arrays of the same values in the same memory. */
  get identity(): object {
    return this.#source ?? this.storage;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get released(): boolean {
    return this.hold.released;
  }

  release(): void {
    this.moveTo(null);
    this.hold.release();
  }

  /** For scopes. */
  moveTo(next: Scope | null): void {
    this.#scope?.delete(this);
    this.#scope = next;
    next?.add(this);
  }

  /** From now on no scope frees it: it belongs to whoever holds it. */
  keep(): this {
    this.moveTo(null);
    return this;
  }

  /** Another reference to the same memory, seen with another shape of the same size. */
  share(shape: Shape = this.shape): NDArray {
    const shared = new NDArray(this.hold.storage?.retain() ?? this.#source!, shape, this.dtype);
    shared.#source = this.#source;
    return shared;
  }
}

/** Uninitialised memory for an array. @throws Error for a zero dimension, LimitError when too large. */
export function allocate(
  shape: Shape,
  dtype: DType = "f32",
  device: Device = currentDevice(),
): NDArray {
  checkShape(shape);
  const bytes = bytesOf(shape, dtype);
  device.checkSize(bytes, `a tensor of shape ${shapeText(shape)}`);
  return new NDArray(new Storage(device, bytes), shape, dtype);
}

/** Of memory for an array: whole words. */
export function bytesOf(shape: Shape, dtype: DType): number {
  return Math.max(4, Math.ceil((sizeOf(shape) * BYTES[dtype]) / 4) * 4);
}

export function checkShape(shape: Shape): void {
  if (!Array.isArray(shape))
    throw new TypeError(`the shape must be a list of numbers, not ${shape}`);
  if (shape.length > MAX_RANK) {
    throw new Error(
      `shape ${shapeText(shape)} has ${shape.length} dimensions; at most ${MAX_RANK} are supported`,
    );
  }
  for (const n of shape) {
    if (Number.isInteger(n) && n > 0) continue;
    const why =
      n === 0
        ? "a zero dimension: tensors must not be empty"
        : `the dimension ${JSON.stringify(n)}`;
    throw new Error(`shape ${shapeText(shape)} has ${why}`);
  }
}

/** Copies host values into a new array. */
export function upload(
  data: TypedArray,
  shape: Shape,
  dtype: DType,
  device: Device = currentDevice(),
): NDArray {
  return unrecorded(() => {
    const array = allocate(shape, dtype, device);
    device.stream.write(array.storage.buffer, data);
    return array;
  });
}

/** Replaces the values of an array by host values of the same number and dtype. */
export function overwrite(array: NDArray, data: TypedArray): void {
  if (data.length !== array.size) {
    throw new Error(`${data.length} values don't fill an array of shape ${shapeText(array.shape)}`);
  }
  array.storage.device.stream.write(array.storage.buffer, data);
  array.storage.version++;
}

/** Reads an array back: Float32Array for f32 and f16, Int32Array, Uint32Array. */
export async function download(array: NDArray): Promise<Float32Array | Int32Array | Uint32Array> {
  if (currentRecorder()) {
    throw new Error(
      "a value can't be read inside a captured step: return the tensor and read it after the call",
    );
  }
  const bytes = await array.storage.device.read(array.storage, array.size * BYTES[array.dtype]);
  if (array.dtype === "f32") return new Float32Array(bytes);
  if (array.dtype === "i32") return new Int32Array(bytes);
  if (array.dtype === "u32") return new Uint32Array(bytes);
  return floatsFromHalf(new Uint16Array(bytes));
}
