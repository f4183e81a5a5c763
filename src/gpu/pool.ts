import { COPY_DST, COPY_SRC, STORAGE } from "./constants.ts";

/** Rounds a byte count up so that near sizes share buffers: at most 12.5 % is wasted. */
export function bucketSize(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}

const USAGE = STORAGE | COPY_SRC | COPY_DST;

/**
 * Whole buffers kept for reuse. Never carves tensors out of one buffer: WebGPU forbids a buffer
 * that is both read-only and writable in one dispatch, even at different offsets.
 */
export class BufferPool {
  #free = new Map<number, GPUBuffer[]>();
  liveBuffers = 0;
  liveBytes = 0;
  idleBuffers = 0;
  idleBytes = 0;
  peakBytes = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly maxSize: number,
    /** Called before buffers are destroyed, so that work that still names them is submitted. */
    private readonly beforeDestroy: () => void,
  ) {}

  acquire(bytes: number): GPUBuffer {
    const size = Math.min(bucketSize(bytes), this.maxSize);
    let buffer = this.#free.get(size)?.pop();
    if (buffer) {
      this.idleBuffers--;
      this.idleBytes -= size;
    } else buffer = this.device.createBuffer({ size, usage: USAGE });
    this.liveBuffers++;
    this.liveBytes += size;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    this.liveBuffers--;
    this.liveBytes -= buffer.size;
    this.idleBuffers++;
    this.idleBytes += buffer.size;
    const list = this.#free.get(buffer.size);
    if (list) list.push(buffer);
    else this.#free.set(buffer.size, [buffer]);
    // Idle memory beyond what is in use (plus some slack) won't be wanted again soon.
    if (this.idleBytes > 2 * this.liveBytes + 512 * 2 ** 20) this.trim();
  }

  /** Destroys idle buffers, all but those that are about to be acquired with these sizes. */
  trim(wanted: readonly number[] = []): void {
    const keep = new Map<number, number>();
    for (const bytes of wanted) {
      const size = bucketSize(bytes);
      keep.set(size, (keep.get(size) ?? 0) + 1);
    }
    this.beforeDestroy();
    for (const [size, list] of this.#free) {
      for (const buffer of list.splice(keep.get(size) ?? 0)) {
        buffer.destroy();
        this.idleBuffers--;
        this.idleBytes -= size;
      }
    }
  }
}
