/** Runs a probe's own few lines of WGSL on a device of its own, without any of the engines. */

const STORAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST

export interface Probe {
  readonly device: GPUDevice;
  /** Compiles the code, whose bindings are storage buffers 0, 1, … of group 0, and binds buffers of these sizes. */
  prepare(code: string, sizes: readonly number[]): Promise<Prepared>;
}

export interface Prepared {
  /** Dispatches `times` times in one pass and gives the seconds until all are done. */
  time(groups: number, times: number): Promise<number>;
  destroy(): void;
}

export function storageBuffer(device: GPUDevice, bytes: number): GPUBuffer {
  return device.createBuffer({ size: bytes, usage: STORAGE });
}

/** Seconds from submitting to knowing that the work is done. */
export async function timeSubmit(device: GPUDevice, commands: GPUCommandBuffer): Promise<number> {
  await device.queue.onSubmittedWorkDone();
  const start = performance.now();
  device.queue.submit([commands]);
  await device.queue.onSubmittedWorkDone();
  return (performance.now() - start) / 1000;
}

export function compilePipeline(device: GPUDevice, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code });
  return device.createComputePipelineAsync({
    layout: "auto",
    compute: { module, entryPoint: "main" },
  });
}

export function createProbe(device: GPUDevice): Probe {
  return {
    device,
    async prepare(code, sizes) {
      const pipeline = await compilePipeline(device, code);
      const buffers = sizes.map((size) => storageBuffer(device, size));
      const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
      const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      const encode = (groups: number, times: number) => {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        for (let i = 0; i < times; i++) pass.dispatchWorkgroups(groups);
        pass.end();
        return encoder.finish();
      };
      return {
        time: (groups, times) => timeSubmit(device, encode(groups, times)),
        destroy() {
          for (const buffer of buffers) buffer.destroy();
        },
      };
    },
  };
}

/** The shortest of several timings, each of at least `least` seconds: a ceiling is what can be reached. */
export async function bestTime(
  prepared: Prepared,
  groups: number,
  options: { runs?: number; least?: number } = {},
): Promise<number> {
  const { runs = 3, least = 0.1 } = options;
  await prepared.time(groups, 1); // the first one may still compile
  const once = await prepared.time(groups, 1);
  const times = Math.max(1, Math.min(2000, Math.ceil(least / once)));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    best = Math.min(best, (await prepared.time(groups, times)) / times);
  }
  return best;
}
