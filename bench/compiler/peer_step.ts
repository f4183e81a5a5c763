/** A training step of another library, watched through WebGPU: it runs, though nothing is computed. */
import type { CreateEngine } from "../engines/engine.ts";
import { trainingJob } from "../workloads/training.ts";
import type { Launch } from "./log.ts";
import type { TrainingStep } from "./steps.ts";
import { type TurnsReader, turnsReader, watchUniforms } from "./turns.ts";
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

/** What a bind group binds. */
interface Bound {
  readonly bytes: number;
  readonly buffers: readonly GPUBuffer[];
}

function watchBindings() {
  const bound = new WeakMap<GPUBindGroup, Bound>();
  const { createBindGroup } = GPUDevice.prototype;
  GPUDevice.prototype.createBindGroup = function (this: GPUDevice, descriptor) {
    const group = createBindGroup.call(this, descriptor);
    const resources = [...descriptor.entries].map(({ resource }) => resource);
    const bytes = resources.reduce((sum, resource) => sum + bytesOf(resource), 0);
    bound.set(group, { bytes, buffers: resources.flatMap(bufferOf) });
    return group;
  };
  return bound;
}

function bufferOf(resource: GPUBindingResource): GPUBuffer[] {
  if (resource instanceof GPUBuffer) return [resource];
  return "buffer" in resource ? [resource.buffer] : [];
}

function bytesOf(resource: GPUBindingResource): number {
  if (resource instanceof GPUBuffer) return resource.size;
  if (!("buffer" in resource)) return 0;
  const { buffer, offset = 0, size = buffer.size - offset } = resource;
  return size;
}

const UNKNOWN = { name: "", threads: 1, source: "" };

interface PassState {
  kernel: { readonly name: string; readonly threads: number; readonly source: string };
  readonly bound: Map<number, Bound>;
}

/** Takes down each dispatch from here on. */
function watchPasses(names: PipelineNames, bindings: WeakMap<GPUBindGroup, Bound>): Launch[] {
  const launches: Launch[] = [];
  const states = new WeakMap<GPUComputePassEncoder, PassState>();
  const turnsOf = watchTurns();
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
    const bound = group && bindings.get(group);
    stateOf(this).bound.set(index, bound ?? { bytes: 0, buffers: [] });
    return Reflect.apply(setBindGroup, this, [index, group, ...offsets]);
  } as typeof setBindGroup;
  passes.dispatchWorkgroups = function (x, y = 1, z = 1) {
    const { kernel, bound } = stateOf(this);
    const bytes = [...bound.values()].reduce((sum, group) => sum + group.bytes, 0);
    const { name, threads, source } = kernel;
    const turns = turnsOf(source, [...bound.values()]);
    launches.push({ kernel: name, workgroups: x * y * z, threads, bytes, multiplyAdds: 0, turns });
    return dispatchWorkgroups.call(this, x, y, z);
  };
  return launches;
}

/** Says how often a launch's loop runs; undefined where that can't be read. */
function watchTurns() {
  const written = watchUniforms();
  const readers = new Map<string, TurnsReader | null>();
  return (source: string, bound: readonly Bound[]): number | undefined => {
    const reader = readers.get(source) ?? turnsReader(source);
    readers.set(source, reader);
    const uniforms = bound.flatMap(({ buffers }) => buffers).find((buffer) => written.has(buffer));
    return reader && uniforms ? reader(written.get(uniforms)!) : undefined;
  };
}
