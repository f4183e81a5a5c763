import { arrange, bucketSize, currentRecorder, planMemory } from "../../gpu/index.ts";
import { settleTuning } from "../../kernels/index.ts";
import { requireTensor } from "../checks.ts";
import type { Tensor } from "../tensor.ts";
import { type RecordedStep, recordStep, type StepMemory } from "./recorded_step.ts";

/** A function of tensors that was recorded once and is replayed from then on. */
export interface CapturedStep<Inputs extends Tensor[], Result> {
  /**
   * Runs the step. The tensors it returns are the same ones each time: read them before the next
   * call, which overwrites them. They carry no graph.
   */
  (...inputs: Inputs): Result;
  /** Records for these inputs and compiles all kernels in parallel, without running the step. */
  compile(inputs: Inputs, onProgress?: (done: number, total: number) => void): Promise<void>;
  /** Whether a call with such inputs would record nothing anew. */
  isRecorded(...inputs: Inputs): boolean;
  /** Launches of the longest step recorded so far; 0 before the first call. */
  readonly launches: number;
  /** Bytes of activations, gradients and temporaries that the recorded steps hold. */
  readonly bytes: number;
  /** Gives the memory back; the next call records again. Gradients keep their values, losses can still be read. */
  dispose(): void;
  /** Forgets recordings whose device is lost, and their memory with it. */
  abandon(): void;
}

/** Frees what steps held that were collected as garbage. */
const collector = new FinalizationRegistry<Set<StepMemory>>((memories) => {
  for (const memory of memories) memory.release();
});

/** How many recordings are kept for inputs of one kind: one for training and one for evaluation, say. */
const KEPT = 2;

/** The recordings of one captured function. */
class Recordings<Inputs extends Tensor[], Result> {
  /** By dtypes and shapes of the inputs; the one used last comes first. */
  readonly #byInputs = new Map<string, RecordedStep<Result>[]>();
  readonly #memories = new Set<StepMemory>();

  constructor(private readonly fn: (...inputs: Inputs) => Result) {
    collector.register(this, this.#memories);
  }

  get all(): RecordedStep<Result>[] {
    return [...this.#byInputs.values()].flat();
  }

  /** One that holds for these inputs, if there is one. */
  find(inputs: Inputs): RecordedStep<Result> | null {
    const list = this.#byInputs.get(keyOf(inputs)) ?? [];
    const found = list.find(({ isValid }) => isValid);
    if (!found) return null;
    if (found !== list[0]) list.unshift(...list.splice(list.indexOf(found), 1));
    return found;
  }

  take(inputs: Inputs): RecordedStep<Result> {
    inputs.forEach((input, i) => {
      requireTensor("capture", `input ${i}`, input);
    });
    return this.find(inputs) ?? this.#record(inputs);
  }

  #record(inputs: Inputs): RecordedStep<Result> {
    const key = keyOf(inputs);
    const list = this.#byInputs.get(key) ?? [];
    for (const old of list.splice(KEPT - 1)) {
      old.dispose();
      this.#memories.delete(old.memory);
    }
    const recorded = recordStep(this.fn, inputs);
    this.#memories.add(recorded.memory);
    this.#byInputs.set(key, [recorded, ...list]);
    return recorded;
  }

  dispose(): void {
    for (const recorded of this.all) recorded.dispose();
    this.abandon();
  }

  abandon(): void {
    this.#memories.clear();
    this.#byInputs.clear();
  }
}

function keyOf(inputs: readonly Tensor[]): string {
  return inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
}

/**
 * Turns `fn` into a step that is recorded at its first call and replayed afterwards: no
 * allocation, no bind groups, no autograd in JavaScript. Inputs are copied into the step's own.
 *
 * Each kind of inputs is recorded once, and again where something changed that the recording was made from: what is frozen,
 * the mode or a setting of a module that ran, a layer, a tensor from outside that was replaced, an optimizer's groups, grad
 * mode. Numbers that aren't a module's or an optimizer's (a variable that `fn` closes over) are as they were when recorded. The
 * last two recordings are kept, so that a step can go to and fro between training and evaluation.
 *
 * `fn` must not read values (`data()`, `item()`) nor decide by them. A replay treats gradients as
 * `fn` does: without `zeroGrad()` in it, they add up over the calls. Called inside another captured function, it runs as a part
 * of that.
 */
export function capture<Inputs extends Tensor[], Result>(
  fn: (...inputs: Inputs) => Result,
): CapturedStep<Inputs, Result> {
  if (typeof fn !== "function") throw new TypeError(`capture: expects a function, not ${fn}`);
  const recordings = new Recordings(fn);
  const step = (...inputs: Inputs): Result =>
    currentRecorder() ? fn(...inputs) : recordings.take(inputs).run(inputs);

  return Object.defineProperties(
    Object.assign(step, {
      dispose: () => recordings.dispose(),
      abandon: () => recordings.abandon(),
      isRecorded: (...inputs: Inputs) => recordings.find(inputs) !== null,
      compile: async (inputs: Inputs, onProgress?: (done: number, total: number) => void) => {
        let ready = recordings.take(inputs);
        if (await settleTuning()) ready = recordings.take(inputs);
        await ready.compile(onProgress);
      },
      launches: 0,
      bytes: 0,
    }),
    {
      launches: {
        get: () => Math.max(0, ...recordings.all.map(({ recorder }) => recorder.launches.length)),
      },
      bytes: { get: () => recordings.all.reduce((sum, { bytes }) => sum + bytes, 0) },
    },
  );
}

/** Bytes that `fn` would hold at its peak besides its inputs and existing tensors, without running it. */
export function peakBytesOf<Inputs extends Tensor[]>(
  fn: (...inputs: Inputs) => unknown,
  inputs: Inputs,
): number {
  const { recorder, memory } = recordStep(fn, inputs);
  const { lifetimes, launches } = arrange(recorder);
  memory.release();
  return planMemory(lifetimes, launches).reduce((sum, slot) => sum + bucketSize(slot.bytes), 0);
}
