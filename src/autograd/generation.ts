import { archiveScalar } from "./archive.ts";
import type { Tensor } from "./tensor.ts";

/**
 * JavaScript can't tell when user code lets go of a tensor, and the garbage collector doesn't see
 * GPU memory fill up. So the results inside a graph that backward() has consumed (activations,
 * logits) live until the optimizer has stepped twice: long enough for the usual reading after
 * `step()`, and the number of live buffers stays constant from the second step on. Losses stay
 * readable for thousands of steps: people collect them in an array.
 */
const aging: WeakRef<Tensor>[][] = [[], []];

export function retireAfterStep(tensor: WeakRef<Tensor>): void {
  // What a recorded step returns is written again by every replay and belongs to the recording.
  if (tensor.deref()?.array.storage.device.recorder) return;
  aging[1]!.push(tensor);
}

/** Called by every optimizer step. */
export function advanceGeneration(): void {
  const old = aging.shift()!;
  aging.push([]);
  for (const reference of old) {
    const tensor = reference.deref();
    if (!tensor || tensor.disposed) continue;
    if (tensor.size === 1 && tensor.dtype === "f32") archiveScalar(tensor);
    else tensor.dispose();
  }
}
