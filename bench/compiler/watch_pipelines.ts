/** Says in the log whose machine code follows. */
import { KERNEL } from "./log.ts";

/** A pipeline's name in the log, the threads of one of its workgroups, and its shader. */
export type PipelineNames = WeakMap<
  GPUComputePipeline,
  { readonly name: string; readonly threads: number; readonly source: string }
>;

/**
 * From here on each pipeline is compiled at once and named in the log before: by its label, which is a kernel's key in Graft, or, as other
 * libraries use one label for several, by number and label.
 * @param log writes a line at once, in order with what Mesa prints.
 */
export function watchPipelines(log: (line: string) => void, numbered: boolean): PipelineNames {
  const names: PipelineNames = new WeakMap();
  const sources = new WeakMap<GPUShaderModule, string>();
  let count = 0;
  const { createShaderModule, createComputePipeline } = GPUDevice.prototype;
  GPUDevice.prototype.createShaderModule = function (this: GPUDevice, descriptor) {
    const module = createShaderModule.call(this, descriptor);
    sources.set(module, descriptor.code);
    return module;
  };
  function compile(this: GPUDevice, descriptor: GPUComputePipelineDescriptor) {
    const label = descriptor.label || descriptor.compute.module.label || "";
    const name = `${numbered ? `${++count} ` : ""}${label.replace(/\s+/g, " ")}`;
    log(KERNEL + name);
    const pipeline = createComputePipeline.call(this, descriptor);
    const source = sources.get(descriptor.compute.module) ?? "";
    names.set(pipeline, { name, threads: threadsOf(source), source });
    return pipeline;
  }
  GPUDevice.prototype.createComputePipeline = compile;
  GPUDevice.prototype.createComputePipelineAsync = async function (descriptor) {
    return compile.call(this, descriptor);
  };
  return names;
}

/** Threads of a workgroup, from the shader's text. */
export function threadsOf(source: string): number {
  const sizes = source.match(/@workgroup_size\s*\(([^)]*)\)/)?.[1]?.split(",") ?? [];
  return sizes.reduce((product, size) => {
    const name = size.trim();
    const value = source.match(new RegExp(`const ${name}\\b[^=]*= *(\\d+)`))?.[1] ?? name;
    return product * (Number.parseInt(value, 10) || 1);
  }, 1);
}
