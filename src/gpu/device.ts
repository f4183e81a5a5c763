import { platform } from "../platform/index.ts";
import { BindGroupCache } from "./bind_groups.ts";
import { COPY_DST, FOR_READING, MAP_READ } from "./constants.ts";
import { DeviceLostError, formatBytes, LimitError } from "./errors.ts";
import { PipelineCache } from "./pipelines.ts";
import { BufferPool } from "./pool.ts";
import { type DeviceProfile, profileOf } from "./profile.ts";
import type { Profiler } from "./profiler.ts";
import { CommandStream } from "./stream.ts";

export interface MemoryUse {
  /** Buffers that tensors hold now, and their bytes. */
  liveBuffers: number;
  liveBytes: number;
  /** Bytes kept for reuse. */
  idleBytes: number;
  peakBytes: number;
}

const MANY_BUFFERS = 8_000;
/** On lavapipe each takes two of the 65,530 areas of memory that Linux gives a process. */
const MOST_BUFFERS = 30_000;

/** One GPU with everything built on it: buffers, pipelines, the command stream. */
export class Device {
  readonly pipelines: PipelineCache;
  readonly stream: CommandStream;
  readonly bindGroups: BindGroupCache;
  readonly #pool: BufferPool;
  #lost: string | null = null;
  #destroyed = false;
  #error: Error | null = null;
  /** How many live buffers are a reason to look for garbage. */
  #collectAt = MANY_BUFFERS;
  readonly #parts = new Map<unknown, unknown>();
  #profiler: Profiler | null = null;
  readonly limits: GPUSupportedLimits;
  readonly features: ReadonlySet<string>;
  readonly info: GPUAdapterInfo;
  /** What kernels are chosen for. */
  readonly profile: DeviceProfile;
  /** How kernels are chosen: src/kernels/tuning/. */
  tuning: "heuristic" | "measure" = "heuristic";
  readonly uniformAlignment: number;
  /** Resolves with the reason when the device goes away. */
  readonly lost: Promise<string>;

  /** @param profile has kernels chosen as for such a device; by default the adapter's own. */
  constructor(
    readonly gpu: GPUDevice,
    info: GPUAdapterInfo,
    profile?: DeviceProfile,
  ) {
    this.limits = gpu.limits;
    this.features = new Set(gpu.features as ReadonlySet<string>);
    this.info = info;
    this.profile = profile ?? profileOf(info, this.features, this.limits);
    this.uniformAlignment = gpu.limits.minUniformBufferOffsetAlignment;
    const keepFirst = (error: Error) => {
      this.#error ??= error;
    };
    // WebGPU reports a shader that doesn't compile as an uncaptured error too, but without the names of its files.
    const keepReadable = (error: Error) => {
      this.#error = error;
    };
    this.pipelines = new PipelineCache(gpu, keepReadable, (pending) => this.#wait(pending));
    this.stream = new CommandStream(gpu, this.uniformAlignment);
    this.bindGroups = new BindGroupCache(gpu, this.stream);
    this.#pool = new BufferPool(gpu, gpu.limits.maxBufferSize, () => this.bindGroups.forget());
    gpu.addEventListener("uncapturederror", (event) => {
      keepFirst(new Error(`WebGPU reported: ${event.error.message}`));
      event.preventDefault();
    });
    this.lost = gpu.lost.then(({ reason, message }) => {
      this.#lost = message || reason;
      return this.#lost;
    });
  }

  /** Counts and times launches while it is set. */
  get profiler(): Profiler | null {
    return this.#profiler;
  }

  set profiler(profiler: Profiler | null) {
    this.stream.flush(); // what was encoded so far is timed as it was encoded
    this.#profiler = profiler;
    this.stream.timer = profiler?.timerFor(this) ?? null;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Whether `destroy` was called. */
  get isDestroyed(): boolean {
    return this.#destroyed;
  }

  /** What belongs to this device and is made by `make` when first asked for. */
  part<T>(make: (device: Device) => T): T {
    if (!this.#parts.has(make)) this.#parts.set(make, make(this));
    return this.#parts.get(make) as T;
  }

  /** After a failure: the reason when the device is gone or going, null when it is well. */
  async lostSoon(milliseconds = 200): Promise<string | null> {
    const timeout = new Promise<null>((resolve) => setTimeout(resolve, milliseconds, null));
    return Promise.race([this.lost, timeout]);
  }

  assertUsable(): void {
    if (this.#lost !== null) throw new DeviceLostError(this.#lost);
  }

  /** Throws what the GPU reported since the last call, if anything. */
  async throwPendingError(): Promise<void> {
    if (!this.#error) return;
    await this.pipelines.reports();
    const error = this.#error;
    this.#error = null;
    if (error) throw error;
  }

  memory(): MemoryUse {
    const { liveBuffers, liveBytes, idleBytes, peakBytes } = this.#pool;
    return { liveBuffers, liveBytes, idleBytes, peakBytes };
  }

  resetPeakMemory(): void {
    this.#pool.peakBytes = this.#pool.liveBytes;
  }

  acquire(bytes: number): GPUBuffer {
    this.assertUsable();
    this.checkSize(bytes);
    if (this.profile.kind === "processor") this.#checkCount();
    return this.#pool.acquire(bytes);
  }

  #checkCount(): void {
    const { liveBuffers, idleBuffers } = this.#pool;
    if (liveBuffers + idleBuffers >= MOST_BUFFERS) this.#pool.trim();
    if (liveBuffers < MOST_BUFFERS) return;
    throw new LimitError(
      `there are ${MOST_BUFFERS} tensors with memory of their own, and drivers that run on a processor crash with more: ` +
        "dispose() what isn't needed, or read a value now and then, so that garbage is collected",
    );
  }

  /** JavaScript doesn't collect garbage for the sake of GPU memory: it is asked to where there are twice as many buffers. */
  async #collectGarbage(): Promise<void> {
    if (this.#pool.liveBuffers < this.#collectAt) return;
    this.#collectAt = Number.POSITIVE_INFINITY; // once at a time
    await platform().collectGarbage?.();
    this.#collectAt = Math.max(MANY_BUFFERS, 2 * this.#pool.liveBuffers);
  }

  /** Gives back idle memory, all but buffers of these sizes. */
  trim(wanted: readonly number[]): void {
    this.#pool.trim(wanted);
  }

  reclaim(buffer: GPUBuffer): void {
    this.#pool.release(buffer);
  }

  /** @throws LimitError naming the limit, the need and a way out. */
  checkSize(bytes: number, what = "a tensor"): void {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.limits;
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes <= limit) return;
    const name =
      maxStorageBufferBindingSize < maxBufferSize ? "maxStorageBufferBindingSize" : "maxBufferSize";
    throw new LimitError(
      `${what} needs ${formatBytes(bytes)}, but this adapter's ${name} is ${formatBytes(limit)}: use a smaller ` +
        "batch or input, or a smaller layer (includeTop: false leaves the classifier out)",
    );
  }

  /** Submits what has been encoded. */
  flush(): void {
    this.assertUsable();
    this.stream.flush();
  }

  /** Resolves when the GPU has finished all work so far. */
  async synchronize(): Promise<void> {
    this.flush();
    await this.#wait(this.gpu.queue.onSubmittedWorkDone());
    await this.throwPendingError();
  }

  /** Copies `bytes` of a storage, from `offset` on, to the host. Submits pending work first. */
  async read(storage: { buffer: GPUBuffer }, bytes: number, offset = 0): Promise<ArrayBuffer> {
    this.assertUsable();
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.gpu.createBuffer({ size, usage: MAP_READ | COPY_DST });
    this.stream.copy(storage.buffer, offset, staging, 0, size);
    this.stream.flush();
    try {
      await this.#wait(staging.mapAsync(FOR_READING));
    } catch (error) {
      await this.throwPendingError();
      this.assertUsable();
      throw error;
    }
    const copy = staging.getMappedRange().slice(0, bytes);
    staging.unmap(); // destroying a mapped buffer crashes Dawn in Node
    staging.destroy();
    await this.throwPendingError();
    await this.#collectGarbage();
    return copy;
  }

  /** Frees everything. Tensors on this device can't be used afterwards. */
  destroy(): void {
    if (this.#lost === null) this.stream.flush();
    this.#lost ??= "destroyed";
    this.#destroyed = true;
    this.gpu.destroy();
  }

  #wait<T>(pending: Promise<T>): Promise<T> {
    if (this.profile.kind === "processor") platform().restWhile?.(pending);
    return pending;
  }
}
