import { currentDevice, currentRecorder } from "../gpu/index.ts";
import { archiveScalar } from "./archive.ts";
import { Tensor } from "./tensor.ts";

/**
 * JavaScript can't tell when user code lets go of a tensor, and the garbage collector doesn't see
 * GPU memory fill up. So the results inside a graph that backward() has consumed (activations,
 * logits) live until the optimizer has stepped twice: long enough for the usual reading after
 * `step()`, and the number of live buffers stays constant from the second step on. Losses stay
 * readable for thousands of steps: people collect them in an array.
 */
class Generations {
  #older: WeakRef<object>[] = [];
  #newer: WeakRef<object>[] = [];

  add(tensor: WeakRef<object>): void {
    this.#newer.push(tensor);
  }

  advance(): void {
    const over = this.#older;
    this.#older = this.#newer;
    this.#newer = [];
    for (const reference of over) {
      const tensor = reference.deref();
      if (!(tensor instanceof Tensor) || tensor.disposed) continue;
      if (tensor.size === 1 && tensor.dtype === "f32") archiveScalar(tensor);
      else tensor.dispose();
    }
  }
}

const generations = () => new Generations();

/** Has the output of a node that backward() consumed freed when its time has come. */
export function retireAfterStep(output: WeakRef<object>): void {
  // What a recorded step returns is written again by every replay and belongs to the recording.
  if (!currentRecorder()) currentDevice().part(generations).add(output);
}

/** Called by every optimizer step. */
export function advanceGeneration(): void {
  currentDevice().part(generations).advance();
}
