import { COMPUTE } from "./constants.ts";
import type { Kernel } from "./kernel.ts";
import { shaderErrorText } from "./shader_error.ts";

/** A compiled kernel with the layout that its bind groups need. */
export interface Pipeline {
  readonly id: number;
  readonly kernel: Kernel;
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

const BUFFER_TYPES = {
  read: "read-only-storage",
  read_write: "storage",
  uniform: "uniform",
} as const;

/** Compiles each kernel once per device. */
export class PipelineCache {
  #pipelines = new Map<string, Pipeline>();
  #pending = new Map<string, Promise<Pipeline>>();
  #reports = new Set<Promise<void>>();

  constructor(
    private readonly device: GPUDevice,
    /** Takes errors of shaders compiled on first use, which surface later. */
    private readonly onError: (error: Error) => void,
    /** What a promise of the GPU passes through on its way to be awaited. */
    private readonly wait: <T>(pending: Promise<T>) => Promise<T>,
  ) {}

  /** Compiles now if need be: the path of a first eager launch. */
  get(kernel: Kernel): Pipeline {
    const found = this.#pipelines.get(kernel.key);
    if (found) return found;
    const { layout, descriptor, module } = this.#describe(kernel);
    const report = this.#report(kernel, module).catch(this.onError);
    this.#reports.add(report);
    void report.finally(() => this.#reports.delete(report));
    const pipeline = this.device.createComputePipeline(descriptor);
    return this.#add(kernel, layout, pipeline);
  }

  /** Resolves when it is known of all shaders compiled so far on first use whether they do. */
  async reports(): Promise<void> {
    await Promise.all(this.#reports);
  }

  /**
   * Compiles the kernels in parallel without blocking the thread.
   * @param onProgress called with (compiled, total) after each one.
   */
  async prepare(
    kernels: Iterable<Kernel>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const missing = new Map<string, Kernel>();
    for (const kernel of kernels)
      if (!this.#pipelines.has(kernel.key)) missing.set(kernel.key, kernel);
    let done = 0;
    await Promise.all(
      [...missing.values()].map(async (kernel) => {
        await this.#compile(kernel);
        onProgress?.(++done, missing.size);
      }),
    );
  }

  #compile(kernel: Kernel): Promise<Pipeline> {
    let pending = this.#pending.get(kernel.key);
    if (!pending) {
      const { layout, descriptor, module } = this.#describe(kernel);
      pending = this.wait(this.device.createComputePipelineAsync(descriptor)).then(
        (pipeline) => this.#add(kernel, layout, pipeline),
        async (error: Error) => {
          await this.#report(kernel, module);
          throw new Error(`${kernel.name}.wgsl does not compile on this adapter: ${error.message}`);
        },
      );
      const forget = () => this.#pending.delete(kernel.key);
      pending.then(forget, forget);
      this.#pending.set(kernel.key, pending);
    }
    return pending;
  }

  #add(kernel: Kernel, layout: GPUBindGroupLayout, pipeline: GPUComputePipeline): Pipeline {
    const existing = this.#pipelines.get(kernel.key);
    if (existing) return existing;
    const entry = { id: this.#pipelines.size, kernel, layout, pipeline };
    this.#pipelines.set(kernel.key, entry);
    return entry;
  }

  #describe(kernel: Kernel) {
    const module = this.device.createShaderModule({ label: kernel.key, code: kernel.source });
    const layout = this.device.createBindGroupLayout({
      label: kernel.name,
      entries: kernel.bindings.map(({ binding, access }) => ({
        binding,
        visibility: COMPUTE,
        buffer: { type: BUFFER_TYPES[access], hasDynamicOffset: access === "uniform" },
      })),
    });
    const descriptor = {
      label: kernel.key,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    };
    return { module, layout, descriptor };
  }

  /** Throws a readable error, source lines shown, when the shader did not compile. */
  async #report(kernel: Kernel, module: GPUShaderModule): Promise<void> {
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter((message) => message.type === "error");
    if (errors.length === 0) return;
    throw new Error(shaderErrorText(kernel, errors));
  }
}
