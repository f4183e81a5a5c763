import { COPY_DST, COPY_SRC, FOR_READING, MAP_READ, QUERY_RESOLVE } from "./constants.ts";
import type { Kernel } from "./kernel.ts";

/** What every adapter with timestamps can hold in one set; two for each pass. */
const QUERIES = 4096;

/** Times compute passes of one dispatch each. Browsers round: sum over many launches. */
export class PassTimer {
  readonly #set: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  #kernels: Kernel[] = [];
  #submitted: { staging: GPUBuffer; kernels: readonly Kernel[] }[] = [];
  readonly #reading = new Set<Promise<void>>();

  constructor(
    private readonly gpu: GPUDevice,
    /** Takes the time of one launch. */
    private readonly report: (kernel: Kernel, milliseconds: number) => void,
  ) {
    this.#set = gpu.createQuerySet({ type: "timestamp", count: QUERIES });
    this.#resolved = gpu.createBuffer({ size: 8 * QUERIES, usage: QUERY_RESOLVE | COPY_SRC });
  }

  /** Whether what was encoded has to be submitted before more passes can be timed. */
  get full(): boolean {
    return 2 * this.#kernels.length === QUERIES;
  }

  /** Describes the pass of one launch. */
  pass(kernel: Kernel): GPUComputePassDescriptor {
    const first = 2 * this.#kernels.length;
    this.#kernels.push(kernel);
    return {
      timestampWrites: {
        querySet: this.#set,
        beginningOfPassWriteIndex: first,
        endOfPassWriteIndex: first + 1,
      },
    };
  }

  /** At the end of a command buffer. */
  resolve(encoder: GPUCommandEncoder): void {
    const kernels = this.#kernels;
    if (kernels.length === 0) return;
    const size = 16 * kernels.length;
    const staging = this.gpu.createBuffer({ size, usage: MAP_READ | COPY_DST });
    encoder.resolveQuerySet(this.#set, 0, 2 * kernels.length, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, staging, 0, size);
    this.#submitted.push({ staging, kernels });
    this.#kernels = [];
  }

  /** After the command buffer was submitted: begins to read the times. */
  collect(): void {
    for (const { staging, kernels } of this.#submitted) {
      const reading = this.#read(staging, kernels).finally(() => this.#reading.delete(reading));
      this.#reading.add(reading);
    }
    this.#submitted = [];
  }

  /** Resolves when every time so far was reported. */
  async settle(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #read(staging: GPUBuffer, kernels: readonly Kernel[]): Promise<void> {
    try {
      await staging.mapAsync(FOR_READING);
    } catch {
      return; // the device is gone
    }
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    staging.unmap(); // destroying a mapped buffer crashes Dawn in Node
    staging.destroy();
    kernels.forEach((kernel, i) => {
      const nanoseconds = Number(times[2 * i + 1]! - times[2 * i]!);
      this.report(kernel, Math.max(0, nanoseconds) / 1e6);
    });
  }
}
