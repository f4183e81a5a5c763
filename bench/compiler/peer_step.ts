/** A training step of another library, watched through WebGPU: it runs, though nothing is computed. */
import type { CreateEngine } from "../engines/engine.ts";
import { trainingJob } from "../workloads/training.ts";
import type { Launch } from "./log.ts";
import type { TrainingStep } from "./steps.ts";
import type { PipelineNames } from "./watch_pipelines.ts";

/** @param pipelines what `watchPipelines` knows. */
export async function peerStep(
  { network, trained, batch, inputSize }: TrainingStep,
  createEngine: CreateEngine,
  pipelines: PipelineNames,
): Promise<Launch[]> {
  const launches = watchPasses(pipelines, watchBindings());
  const engine = createEngine({ requestAdapter: () => navigator.gpu.requestAdapter() });
  await engine.start();
  const work = await engine.train(trainingJob({ network, trained, batch, inputSize }));
  await work.run(1);
  launches.length = 0;
  await work.run(1);
  return launches;
}

/** Bytes that a bind group binds. */
function watchBindings() {
  const bytes = new WeakMap<GPUBindGroup, number>();
  const { createBindGroup } = GPUDevice.prototype;
  GPUDevice.prototype.createBindGroup = function (this: GPUDevice, descriptor) {
    const group = createBindGroup.call(this, descriptor);
    const sizes = [...descriptor.entries].map(({ resource }) => bytesOf(resource));
    bytes.set(
      group,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    return group;
  };
  return bytes;
}

function bytesOf(resource: GPUBindingResource): number {
  if (resource instanceof GPUBuffer) return resource.size;
  if (!("buffer" in resource)) return 0;
  const { buffer, offset = 0, size = buffer.size - offset } = resource;
  return size;
}

const UNKNOWN = { name: "", threads: 1 };

interface PassState {
  kernel: { name: string; threads: number };
  readonly bound: Map<number, number>;
}

/** Takes down each dispatch from here on. */
function watchPasses(names: PipelineNames, bytes: WeakMap<GPUBindGroup, number>): Launch[] {
  const launches: Launch[] = [];
  const states = new WeakMap<GPUComputePassEncoder, PassState>();
  const stateOf = (pass: GPUComputePassEncoder) => {
    const state = states.get(pass) ?? { kernel: UNKNOWN, bound: new Map() };
    states.set(pass, state);
    return state;
  };
  const passes = GPUComputePassEncoder.prototype;
  const { setPipeline, setBindGroup, dispatchWorkgroups } = passes;
  passes.setPipeline = function (pipeline) {
    stateOf(this).kernel = names.get(pipeline) ?? UNKNOWN;
    return setPipeline.call(this, pipeline);
  };
  passes.setBindGroup = function (this: GPUComputePassEncoder, index, group, ...offsets) {
    stateOf(this).bound.set(index, (group && bytes.get(group)) ?? 0);
    return Reflect.apply(setBindGroup, this, [index, group, ...offsets]);
  } as typeof setBindGroup;
  passes.dispatchWorkgroups = function (x, y = 1, z = 1) {
    const { kernel, bound } = stateOf(this);
    const all = [...bound.values()].reduce((sum, size) => sum + size, 0);
    const { name, threads } = kernel;
    launches.push({ kernel: name, workgroups: x * y * z, threads, bytes: all, multiplyAdds: 0 });
    return dispatchWorkgroups.call(this, x, y, z);
  };
  return launches;
}
