import { Variable } from "./context.ts";
import type { Device } from "./device.ts";

/** Told of memory that is made while a step is recorded: see replay/recorder.ts. */
export interface StorageLog {
  onAllocate(storage: Storage): void;
}

/** Where memory made now is noted in place of being taken; null outside recordings. */
export const storageLog = new Variable<StorageLog | null>(null);

/**
 * Reference-counted device memory: one whole buffer. While a step is being recorded (src/gpu/replay/recorder.ts) it has no
 * buffer yet: what is freed within the step gets a part of a buffer that the recording owns, what outlives it a buffer of
 * its own.
 */
export class Storage {
  #refs = 1;
  #buffer: GPUBuffer | null = null;
  /** Whether the buffer is a recording's, which this memory is only a part of. */
  #isPart = false;
  #offset = 0;
  /** Grows with each write to memory that lasts: what was computed from it may be out of date. */
  version = 0;

  constructor(
    readonly device: Device,
    readonly bytes: number,
  ) {
    const log = storageLog.value;
    if (log) log.onAllocate(this);
    else this.#buffer = device.acquire(bytes);
  }

  get alive(): boolean {
    return this.#refs > 0;
  }

  /** True when nothing else refers to this memory, so that it may be overwritten. */
  get exclusive(): boolean {
    return this.#refs === 1;
  }

  /** True while this memory exists only inside a recording that isn't planned yet. */
  get virtual(): boolean {
    return this.#buffer === null;
  }

  get buffer(): GPUBuffer {
    if (!this.#buffer)
      throw new Error("this tensor's memory is not there: it was freed or is being recorded");
    return this.#buffer;
  }

  /** The part of a buffer that this memory is, as a bind group takes it. */
  get binding(): GPUBufferBinding {
    const { buffer } = this;
    const limit = this.device.limits.maxStorageBufferBindingSize;
    // Whole blocks of 256 bytes: kernels that read four values at a time may read past the end.
    const size = this.#isPart ? Math.ceil(this.bytes / 256) * 256 : buffer.size;
    return { buffer, offset: this.#offset, size: Math.min(size, limit) };
  }

  retain(): this {
    if (this.#refs === 0) throw new Error("this tensor's memory was freed");
    this.#refs++;
    return this;
  }

  release(): void {
    if (this.#refs === 0 || --this.#refs > 0) return;
    if (!this.#isPart && this.#buffer) {
      this.device.reclaim(this.#buffer);
      this.#buffer = null;
    }
  }

  /** Gives recorded memory that lasts a buffer, from now on its own. */
  own(buffer: GPUBuffer): void {
    this.#buffer = buffer;
  }

  /** Gives recorded memory its place in a buffer that the recording keeps. */
  place(buffer: GPUBuffer, offset: number): void {
    this.#buffer = buffer;
    this.#offset = offset;
    this.#isPart = true;
  }

  /** The recording is gone, and its buffers belong to others. */
  displace(): void {
    this.#buffer = null;
  }
}
