import { makeBindGroup } from "../bind_groups.ts";
import type { Device } from "../device.ts";
import { packParams } from "../params.ts";
import type { Pipeline } from "../pipelines.ts";
import type { Storage } from "../storage.ts";
import type { Groups } from "../stream.ts";
import { GraphMemory } from "./graph_memory.ts";
import { type Arranged, arrange } from "./hoist.ts";
import { planMemory } from "./memory_plan.ts";
import { type RecordedLaunch, type Recorder, writtenBy } from "./recorder.ts";

interface Step {
  readonly pipeline: Pipeline;
  readonly bindGroup: GPUBindGroup;
  readonly offset: number | null;
  readonly groups: Groups;
  /** Of memory bound, for the profiler. */
  readonly bytes: number;
}

/**
 * A recorded step with its memory and bind groups ready: replaying it allocates nothing. What depends on constants alone
 * runs at the first replay, and again after a change.
 */
export class LaunchGraph {
  readonly #steps: Step[];
  readonly #live: { launch: RecordedLaunch; offset: number }[] = [];
  readonly #staging: DataView<ArrayBuffer>;
  readonly #arranged: Arranged;
  /** Memory from outside that a replay writes, and its results. */
  readonly #written: ReadonlySet<Storage>;
  /** Versions of the constants that the fixed launches saw last. */
  #seen: readonly number[] | null = null;
  /** Activations, gradients and temporaries. Results that somebody holds outlive its release. */
  readonly memory: GraphMemory;

  constructor(
    private readonly device: Device,
    private readonly recorder: Recorder,
  ) {
    this.#arranged = arrange(recorder);
    const { launches, lifetimes } = this.#arranged;
    this.#written = new Set(
      launches.flatMap(writtenBy).filter((storage) => !recorder.made.has(storage) || storage.alive),
    );
    const offsets = layoutUniforms(launches, device.uniformAlignment);
    this.#staging = new DataView(new ArrayBuffer(Math.max(16, offsets.total)));
    this.memory = new GraphMemory(
      device,
      planMemory(lifetimes, launches),
      this.#staging.byteLength,
    );
    this.#steps = launches.map((launch, i) => this.#build(launch, offsets.at[i]!));
    this.memory.bindGroups.push(...this.#steps.map(({ bindGroup }) => bindGroup));
    if (this.#live.length === 0) this.#upload();
  }

  replay(): void {
    if (this.memory.released) throw new Error("this captured step was disposed");
    for (const hook of this.recorder.hooks) hook();
    if (this.#live.length > 0) {
      for (const { launch, offset } of this.#live) {
        if (typeof launch.params === "function")
          packParams(launch.kernel, launch.params(), this.#staging, offset);
      }
      this.#upload();
    }
    const { stream, profiler } = this.device;
    let pass: GPUComputePassEncoder | null = null;
    let current: GPUComputePipeline | null = null;
    const from = this.#isCurrent() ? this.#arranged.fixed : 0;
    for (let i = from; i < this.#steps.length; i++) {
      const { pipeline, bindGroup, offset, groups, bytes } = this.#steps[i]!;
      profiler?.note(pipeline.kernel, bytes);
      const next = stream.passFor(pipeline);
      if (next !== pass || pipeline.pipeline !== current) {
        pass = next;
        current = pipeline.pipeline;
        pass.setPipeline(current);
      }
      pass.setBindGroup(0, bindGroup, offset === null ? [] : [offset]);
      pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
    }
    stream.dispatches += this.#steps.length - from;
    stream.flush();
    for (const storage of this.#written) storage.version++;
  }

  /** Whether what the fixed launches computed still holds; from now on it does. */
  #isCurrent(): boolean {
    const { sources } = this.#arranged;
    const seen = this.#seen;
    const isCurrent = seen?.every((version, i) => version === sources[i]!.version) ?? false;
    if (!isCurrent) this.#seen = sources.map(({ version }) => version);
    return isCurrent;
  }

  #build(launch: RecordedLaunch, offset: number): Step {
    const { kernel, storages, groups } = launch;
    const pipeline = this.device.pipelines.get(kernel);
    const bindGroup = makeBindGroup(
      this.device.gpu,
      pipeline,
      storages.map((storage) => storage.binding),
      this.memory.uniforms,
    );
    const bytes = storages.reduce((sum, storage) => sum + storage.bytes, 0);
    if (!kernel.params) return { pipeline, bindGroup, offset: null, groups, bytes };
    if (typeof launch.params === "function") this.#live.push({ launch, offset });
    else packParams(kernel, launch.params, this.#staging, offset);
    return { pipeline, bindGroup, offset, groups, bytes };
  }

  #upload(): void {
    this.device.gpu.queue.writeBuffer(this.memory.uniforms, 0, this.#staging.buffer);
  }
}

function layoutUniforms(launches: readonly RecordedLaunch[], alignment: number) {
  let total = 0;
  const at = launches.map(({ kernel }) => {
    const offset = total;
    if (kernel.params) total += Math.ceil(kernel.params.size / alignment) * alignment;
    return offset;
  });
  return { at, total };
}
