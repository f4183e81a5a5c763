import type { Device } from "./device.ts";

/**
 * Reference-counted device memory: one whole buffer. While a step is being recorded
 * (src/gpu/recorder.ts) it has no buffer yet; the recording assigns one by lifetime, or, to what
 * doesn't outlive the step, a part of one.
 */
export class Storage {
  #refs = 1;
  #buffer: GPUBuffer | null = null;
  /** Set when the buffer belongs to a recording, which then owns it. */
  #planned = false;
  #offset = 0;
  /** Grows with each write to memory that lasts: what was computed from it may be out of date. */
  version = 0;

  constructor(
    readonly device: Device,
    readonly bytes: number,
  ) {
    const { recorder } = device;
    if (recorder) recorder.onAllocate(this);
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
    const size = this.#planned ? Math.ceil(this.bytes / 256) * 256 : buffer.size;
    return { buffer, offset: this.#offset, size: Math.min(size, limit) };
  }

  retain(): this {
    if (this.#refs === 0) throw new Error("this tensor's memory was freed");
    this.#refs++;
    return this;
  }

  release(): void {
    if (this.#refs === 0 || --this.#refs > 0) return;
    const { recorder } = this.device;
    if (this.#planned || this.virtual) recorder?.onFree(this);
    else if (this.#buffer) {
      this.device.reclaim(this.#buffer);
      this.#buffer = null;
    }
  }

  /** Gives a recorded storage its place. The recording keeps the buffer. */
  place(buffer: GPUBuffer, offset: number): void {
    this.#buffer = buffer;
    this.#offset = offset;
    this.#planned = true;
  }

  /** The recording is gone and its buffers belong to others: results left over can't be used. */
  displace(): void {
    this.#buffer = null;
  }
}
