import {
  arrange,
  bucketSize,
  currentDevice,
  type Device,
  LaunchGraph,
  planMemory,
  Recorder,
} from "../gpu/index.ts";
import { allocate, type NDArray, outsideScopes } from "../kernels/index.ts";
import { requireTensor } from "./checks.ts";
import { GradientLog } from "./gradient_log.ts";
import { arraysIn, scope } from "./mode.ts";
import { recordTo } from "./recording.ts";
import { structureVersion } from "./structure.ts";
import { Tensor } from "./tensor.ts";
import { settleTuning } from "./tuning.ts";

/** A function of tensors that was recorded once and is replayed from then on. */
export interface CapturedStep<Inputs extends Tensor[], Result> {
  /**
   * Runs the step. The tensors it returns are the same ones each time: read them before the next
   * call, which overwrites them.
   */
  (...inputs: Inputs): Result;
  /** Records for these inputs and compiles all kernels in parallel, without running the step. */
  compile(inputs: Inputs, onProgress?: (done: number, total: number) => void): Promise<void>;
  /** Launches of the longest step recorded so far; 0 before the first call. */
  readonly launches: number;
  /** Bytes of activations, gradients and temporaries that the recorded steps hold. */
  readonly bytes: number;
  /** Gives the memory back; the next call records again. */
  dispose(): void;
  /** Forgets recordings whose device is lost, and their memory with it. */
  abandon(): void;
}

interface Recording<Result> {
  readonly device: Device;
  readonly version: number;
  readonly inputs: readonly NDArray[];
  readonly recorder: Recorder;
  readonly gradients: GradientLog;
  readonly result: Result;
  graph: LaunchGraph | null;
}

/**
 * Turns `fn` into a step that is recorded at its first call and replayed afterwards: no
 * allocation, no bind groups, no autograd in JavaScript. Inputs are copied into the step's own.
 * Each input shape is recorded once; everything is recorded again after freezing or unfreezing, after
 * train()/eval(), and on a new device.
 *
 * `fn` must not read values (`data()`, `item()`) nor decide by them. A replay treats gradients as
 * `fn` does: without `zeroGrad()` in it, they add up over the calls.
 */
export function capture<Inputs extends Tensor[], Result>(
  fn: (...inputs: Inputs) => Result,
): CapturedStep<Inputs, Result> {
  if (typeof fn !== "function") throw new TypeError(`capture: expects a function, not ${fn}`);
  const recordings = new Map<string, Recording<Result>>();

  const dispose = () => {
    for (const { graph, gradients, inputs } of recordings.values()) {
      gradients.release();
      graph?.dispose();
      for (const array of inputs) array.release();
    }
    recordings.clear();
  };

  const prepare = (inputs: Inputs): Recording<Result> => {
    if ([...recordings.values()].some(isStale)) dispose();
    inputs.forEach((input, i) => {
      requireTensor("capture", `input ${i}`, input);
    });
    const key = inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
    let recording = recordings.get(key);
    if (!recording) {
      recording = record(fn, inputs);
      recordings.set(key, recording);
    }
    return recording;
  };

  const step = (...inputs: Inputs): Result => {
    const ready = prepare(inputs);
    ready.graph ??= new LaunchGraph(ready.device, ready.recorder);
    inputs.forEach((input, i) => {
      const { storage } = ready.inputs[i]!;
      const { device, buffer, bytes } = storage;
      device.stream.copy(input.array.storage.buffer, 0, buffer, 0, bytes);
      storage.version++;
    });
    ready.gradients.begin();
    ready.graph.replay();
    ready.gradients.end();
    return ready.result;
  };

  return Object.defineProperties(
    Object.assign(step, {
      dispose,
      abandon: () => recordings.clear(),
      compile: async (inputs: Inputs, onProgress?: (done: number, total: number) => void) => {
        let ready = prepare(inputs);
        if (await settleTuning()) ready = prepare(inputs);
        const kernels = ready.recorder.launches.map(({ kernel }) => kernel);
        await ready.device.pipelines.prepare(kernels, onProgress);
        ready.graph ??= new LaunchGraph(ready.device, ready.recorder);
      },
      launches: 0,
      bytes: 0,
    }),
    {
      launches: {
        get: () => Math.max(0, ...[...recordings.values()].map((r) => r.recorder.launches.length)),
      },
      bytes: {
        get: () => [...recordings.values()].reduce((sum, r) => sum + (r.graph?.bytes ?? 0), 0),
      },
    },
  );
}

function isStale(recording: Recording<unknown>): boolean {
  return recording.device !== currentDevice() || recording.version !== structureVersion();
}

function record<Inputs extends Tensor[], Result>(
  fn: (...inputs: Inputs) => Result,
  inputs: Inputs,
): Recording<Result> {
  const device = currentDevice();
  if (device.recorder)
    throw new Error("capture: a captured step can't be recorded inside another one");
  const own = outsideScopes(() =>
    inputs.map((input) => allocate(input.shape, input.dtype, device)),
  );
  const tensors = own.map((array) => new Tensor(array.share())) as Inputs;
  const recorder = new Recorder();
  const gradients = new GradientLog();
  const version = structureVersion();
  device.recorder = recorder;
  try {
    const result = recordTo(gradients, () => scope(() => fn(...tensors)));
    if (result instanceof Promise) {
      result.catch(() => {}); // the error below is the one to show
      throw new Error("capture: the function must not be async");
    }
    const returned = new Set(arraysIn(result));
    for (const tensor of tensors) if (!returned.has(tensor.array)) tensor.dispose();
    gradients.finish();
    return { device, version, inputs: own, recorder, gradients, result, graph: null };
  } catch (error) {
    gradients.cancel();
    recorder.releaseExternals();
    for (const array of own) array.release();
    throw error;
  } finally {
    device.recorder = null;
  }
}

/** Bytes that `fn` would hold at its peak besides its inputs and existing tensors, without running it. */
export function planStep<Inputs extends Tensor[]>(
  fn: (...inputs: Inputs) => unknown,
  inputs: Inputs,
): number {
  const { recorder, gradients, inputs: own } = record(fn, inputs);
  gradients.release();
  recorder.releaseExternals();
  for (const array of own) array.release();
  const { lifetimes, launches } = arrange(recorder);
  return planMemory(lifetimes, launches).reduce((sum, slot) => sum + bucketSize(slot.bytes), 0);
}
