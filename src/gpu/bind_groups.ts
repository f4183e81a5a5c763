import type { Pipeline } from "./pipelines.ts";
import type { CommandStream } from "./stream.ts";

const MOST = 8192;

/** Bind groups of eager launches, each made once for a pipeline and the buffers that it is bound to. */
export class BindGroupCache {
  #groups = new Map<string, GPUBindGroup>();
  readonly #bufferIds = new WeakMap<GPUBuffer, number>();
  #nextBufferId = 0;

  constructor(
    private readonly gpu: GPUDevice,
    private readonly stream: CommandStream,
  ) {}

  get(pipeline: Pipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
    let key = `${pipeline.id}`;
    for (const buffer of buffers) key += `,${this.#idOf(buffer)}`;
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#groups.size >= MOST) this.forget();
      const limit = this.gpu.limits.maxStorageBufferBindingSize;
      const bindings = buffers.map((buffer) => ({ buffer, size: Math.min(buffer.size, limit) }));
      group = makeBindGroup(this.gpu, pipeline, bindings, this.stream.uniforms);
      this.#groups.set(key, group);
    }
    return group;
  }

  /** Submits what uses them, and forgets them. Those in flight must stay reachable, or Dawn in Node crashes. */
  forget(): void {
    this.stream.flush();
    const inFlight = this.#groups;
    this.#groups = new Map();
    const clear = () => inFlight.clear();
    this.gpu.queue.onSubmittedWorkDone().then(clear, clear);
  }

  #idOf(buffer: GPUBuffer): number {
    let id = this.#bufferIds.get(buffer);
    if (id === undefined) {
      id = this.#nextBufferId++;
      this.#bufferIds.set(buffer, id);
    }
    return id;
  }
}

/** @param buffers in the order of the kernel's storage bindings. */
export function makeBindGroup(
  gpu: GPUDevice,
  { kernel, layout }: Pipeline,
  buffers: readonly GPUBufferBinding[],
  uniforms: GPUBuffer,
): GPUBindGroup {
  let next = 0;
  const entries = kernel.bindings.map(({ binding, access }) => {
    if (access === "uniform") {
      return { binding, resource: { buffer: uniforms, size: kernel.params!.size } };
    }
    return { binding, resource: buffers[next++]! };
  });
  return gpu.createBindGroup({ layout, entries });
}
