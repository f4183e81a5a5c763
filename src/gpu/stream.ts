import { COPY_DST, UNIFORM } from "./constants.ts";
import type { PassTimer } from "./pass_timer.ts";
import type { Pipeline } from "./pipelines.ts";

const UNIFORM_BYTES = 64 * 1024;
/** A submit costs more than a dispatch; waiting too long leaves the GPU idle. */
const MAX_PENDING = 256;

/**
 * Gathers dispatches into one command buffer. The uniform block is written once per submit: queue
 * operations are ordered, so the same buffer serves batch after batch.
 */
export class CommandStream {
  readonly uniforms: GPUBuffer;
  readonly #staging = new ArrayBuffer(UNIFORM_BYTES);
  readonly view = new DataView(this.#staging);
  #used = 0;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #pending = 0;
  /** Buffers that work not yet submitted reads or writes. */
  #touched = new Set<GPUBuffer>();
  /** Times each dispatch, in a pass of its own, while it is set. */
  timer: PassTimer | null = null;
  submits = 0;
  dispatches = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly alignment: number,
  ) {
    this.uniforms = device.createBuffer({
      label: "params",
      size: UNIFORM_BYTES,
      usage: UNIFORM | COPY_DST,
    });
  }

  /** Reserves room for one parameter block; returns its offset in `view` and `uniforms`. */
  reserve(bytes: number): number {
    const size = Math.ceil(bytes / this.alignment) * this.alignment;
    if (this.#used + size > UNIFORM_BYTES) this.flush();
    const offset = this.#used;
    this.#used += size;
    return offset;
  }

  dispatch(
    pipeline: Pipeline,
    bindGroup: GPUBindGroup,
    offset: number | null,
    groups: Groups,
    buffers: GPUBuffer[],
  ) {
    const pass = this.passFor(pipeline);
    pass.setPipeline(pipeline.pipeline);
    pass.setBindGroup(0, bindGroup, offset === null ? [] : [offset]);
    pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
    for (const buffer of buffers) this.#touched.add(buffer);
    this.dispatches++;
    if (++this.#pending >= MAX_PENDING) this.flush();
  }

  /** The open compute pass; dispatches in one pass are ordered and see each other's writes. */
  pass(): GPUComputePassEncoder {
    this.#pass ??= this.#commands().beginComputePass();
    return this.#pass;
  }

  /** The pass for one dispatch: the open one, unless dispatches are timed. */
  passFor({ kernel }: Pipeline): GPUComputePassEncoder {
    const { timer } = this;
    if (!timer) return this.pass();
    if (timer.full) this.#submit();
    this.#endPass();
    this.#pass = this.#commands().beginComputePass(timer.pass(kernel));
    return this.#pass;
  }

  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#endPass();
    this.#commands().copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
    this.#touched.add(from).add(to);
    this.#pending++;
  }

  /** Writes host data. Work already encoded must not see it, so it is submitted first. */
  write(buffer: GPUBuffer, data: ArrayBufferView): void {
    if (this.#touched.has(buffer)) this.flush();
    const { byteLength } = data;
    const whole = byteLength & ~3;
    this.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, whole);
    if (whole === byteLength) return;
    const tail = new Uint8Array(4); // writeBuffer takes multiples of four bytes
    tail.set(new Uint8Array(data.buffer, data.byteOffset + whole, byteLength - whole));
    this.device.queue.writeBuffer(buffer, whole, tail);
  }

  flush(): void {
    this.#submit();
    this.#used = 0;
  }

  /** Submits what is encoded; parameters reserved for what comes next keep their place. */
  #submit(): void {
    if (!this.#encoder) return;
    this.#endPass();
    this.timer?.resolve(this.#encoder);
    if (this.#used > 0)
      this.device.queue.writeBuffer(this.uniforms, 0, this.#staging, 0, this.#used);
    this.device.queue.submit([this.#encoder.finish()]);
    this.timer?.collect();
    this.#encoder = null;
    this.#pending = 0;
    this.#touched.clear();
    this.submits++;
  }

  #commands(): GPUCommandEncoder {
    this.#encoder ??= this.device.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }
}

/** Workgroup counts in x, y and z. */
export type Groups = readonly [number, number, number];
