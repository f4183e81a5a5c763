import type { Device } from "./device.ts";

/**
 * Reference-counted device memory: one whole buffer. While a step is being recorded
 * (src/gpu/recorder.ts) it has no buffer yet; the recording assigns one by lifetime.
 */
export class Storage {
  #refs = 1;
  #buffer: GPUBuffer | null = null;
  /** Set when the buffer belongs to a recording, which then owns it. */
  #planned = false;

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
  place(buffer: GPUBuffer): void {
    this.#buffer = buffer;
    this.#planned = true;
  }

  /** The recording is gone and its buffers belong to others: results left over can't be used. */
  displace(): void {
    this.#buffer = null;
  }
}
