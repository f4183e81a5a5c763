import {
  currentDevice,
  type Device,
  type GraphMemory,
  type HeldStorages,
  isAsync,
  LaunchGraph,
  Recorder,
} from "../../gpu/index.ts";
import {
  allocate,
  currentGenerator,
  innerScope,
  type NDArray,
  persistently,
  scope,
  tuningVersion,
} from "../../kernels/index.ts";
import { archiveScalar } from "../archive.ts";
import { isAutocast } from "../autocast.ts";
import { arraysIn, isGradEnabled, isRecomputing, tensorsIn } from "../mode.ts";
import { PASSES } from "../passes/index.ts";
import { Tensor } from "../tensor.ts";
import type { GradientMemory } from "./gradient_log.ts";
import { FusedAway } from "./pending_value.ts";
import { Program } from "./program.ts";
import { recordTo } from "./recording.ts";
import { StepRecording } from "./step_recording.ts";

/** All that a recording holds on the GPU. Knows nothing of the step, which may be collected before it. */
export class StepMemory {
  graph: GraphMemory | null = null;
  released = false;

  constructor(
    readonly inputs: readonly NDArray[],
    /** Memory from outside that the step was recorded with. */
    private readonly externals: HeldStorages,
    private readonly gradients: GradientMemory,
  ) {}

  release(): void {
    this.released = true;
    this.gradients.release();
    this.graph?.release();
    this.externals.release();
    for (const array of this.inputs) array.release();
  }
}

/** One recording of a captured function. */
export class RecordedStep<Result> {
  #graph: LaunchGraph | null = null;

  constructor(
    private readonly device: Device,
    readonly recorder: Recorder,
    private readonly recording: StepRecording,
    readonly memory: StepMemory,
    private readonly result: Result,
  ) {}

  /** Whether all that it was recorded from is as it was. */
  get isValid(): boolean {
    return this.device === currentDevice() && this.recording.dependencies.hold;
  }

  get bytes(): number {
    return this.memory.graph?.bytes ?? 0;
  }

  /** Takes memory and makes pipelines and bind groups, if that wasn't done yet. */
  build(): LaunchGraph {
    this.#graph ??= new LaunchGraph(this.device, this.recorder);
    this.memory.graph = this.#graph.memory;
    return this.#graph;
  }

  async compile(onProgress?: (done: number, total: number) => void): Promise<void> {
    const kernels = this.recorder.launches.map(({ kernel }) => kernel);
    await this.device.pipelines.prepare(kernels, onProgress);
    if (!this.memory.released) this.build(); // it may have been disposed meanwhile
  }

  /** Gives the memory back. Losses stay readable, gradients stay where they are; other results are gone. */
  dispose(): void {
    for (const tensor of tensorsIn(this.result)) {
      if (tensor.disposed || !this.#made(tensor)) continue;
      if (tensor.size === 1 && tensor.dtype === "f32") archiveScalar(tensor);
      else tensor.dispose();
    }
    this.memory.release();
  }

  /** Whether each run computes it anew, and it is no gradient. */
  #made(tensor: Tensor): boolean {
    const { storage } = tensor.array;
    return this.recorder.made.has(storage) && !this.recording.gradients.leaves(storage);
  }

  run(inputs: readonly Tensor[]): Result {
    const graph = this.build();
    inputs.forEach((input, i) => {
      const { storage } = this.memory.inputs[i]!;
      this.device.stream.copy(input.array.storage.buffer, 0, storage.buffer, 0, storage.bytes);
      storage.version++;
    });
    const { gradients } = this.recording;
    gradients.begin();
    graph.replay();
    gradients.end();
    return this.result;
  }
}

/** Runs `fn` once without launching anything. */
export function recordStep<Inputs extends Tensor[], Result>(
  fn: (...inputs: Inputs) => Result,
  inputs: Inputs,
  passes = PASSES,
): RecordedStep<Result> {
  if (isAsync(fn)) throw asyncError();
  const device = currentDevice();
  const own = persistently(() => inputs.map(({ shape, dtype }) => allocate(shape, dtype, device)));
  const recorder = new Recorder(new Set(own.map(({ storage }) => storage)));
  const program = new Program(recorder, passes);
  const recording = new StepRecording();
  const memory = new StepMemory(own, recorder.externals, recording.gradients.memory);
  recording.dependsOn(recording, surroundings);
  const call = () => fn(...(own.map((array) => new Tensor(array.share())) as Inputs));
  const work = () => {
    const result = scope(() => program.run(call), arraysIn);
    program.close(tensorsIn(result));
    return result;
  };
  try {
    const result = recorder.record(() => recordTo(recording, () => innerScope.run(null, work)));
    if (result instanceof Promise) {
      result.catch(() => {}); // the error below is the one to show
      throw asyncError();
    }
    recording.finish();
    recording.dependencies.note();
    return new RecordedStep(device, recorder, recording, memory, result);
  } catch (error) {
    program.abandon();
    recording.finish();
    memory.release();
    // Recorded as it stands, then.
    if (error instanceof FusedAway) return recordStep(fn, inputs, []);
    throw error;
  }
}

const asyncError = () =>
  new Error("capture: the function must not be async; read what it returns after the call");

/** What any recording depends on. */
function surroundings(): unknown[] {
  const device = currentDevice();
  return [
    isGradEnabled(),
    isAutocast(),
    isRecomputing(),
    currentGenerator(),
    device.tuning,
    tuningVersion(device),
  ];
}
