import { COPY_DST, UNIFORM } from "../constants.ts";
import type { Device } from "../device.ts";
import type { Storage } from "../storage.ts";
import type { Slot } from "./memory_plan.ts";

/**
 * What a recorded step holds on the GPU. Knows nothing of the step's functions, so that it can be given back when the step
 * was collected as garbage.
 */
export class GraphMemory {
  /** What was made within the step and lasts: its results, which others may hold for longer. */
  readonly #lasting: Storage[] = [];
  readonly #parts: Storage[] = [];
  readonly #buffers: GPUBuffer[] = [];
  readonly uniforms: GPUBuffer;
  /** Bind groups in flight must stay reachable, or Dawn in Node crashes. */
  readonly bindGroups: GPUBindGroup[] = [];
  readonly bytes: number;
  #released = false;

  constructor(
    private readonly device: Device,
    slots: readonly Slot[],
    uniformBytes: number,
  ) {
    // What loading left over would only add to the peak.
    device.trim(slots.map(({ bytes }) => bytes));
    this.bytes = slots.reduce((sum, slot) => sum + this.#take(slot), 0);
    this.uniforms = device.gpu.createBuffer({
      label: "captured params",
      size: uniformBytes,
      usage: UNIFORM | COPY_DST,
    });
  }

  get released(): boolean {
    return this.#released;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    for (const storage of this.#lasting) storage.release();
    for (const storage of this.#parts) storage.displace();
    for (const buffer of this.#buffers) this.device.reclaim(buffer);
    this.uniforms.destroy();
    const forget = () => this.bindGroups.splice(0);
    this.device.gpu.queue.onSubmittedWorkDone().then(forget, forget);
  }

  /** Takes a slot's buffer. Returns its size. */
  #take({ bytes, tenants }: Slot): number {
    const buffer = this.device.acquire(bytes);
    const [first] = tenants;
    if (first?.storage.alive) {
      first.storage.own(buffer);
      this.#lasting.push(first.storage.retain());
    } else {
      this.#buffers.push(buffer);
      for (const { storage, offset } of tenants) {
        storage.place(buffer, offset);
        this.#parts.push(storage);
      }
    }
    return buffer.size;
  }
}
