import type { Tensor } from "./tensor.ts";

/**
 * JavaScript can't tell when user code lets go of a tensor, and the garbage collector doesn't see
 * GPU memory fill up. So the results inside a graph that backward() has consumed (activations,
 * logits) live until the optimizer has stepped twice: long enough for the usual reading after
 * `step()`, and the number of live buffers stays constant from the second step on. One-element
 * results (losses) are left to the collector when they are this small.
 */
const aging: WeakRef<Tensor>[][] = [[], []];

/** Small results are cheap to keep: people collect losses in an array and read them later. */
const KEEP_ELEMENTS = 1;

export function retireAfterStep(tensor: WeakRef<Tensor>): void {
  aging[1]!.push(tensor);
}

/** Called by every optimizer step. */
export function advanceGeneration(): void {
  const old = aging.shift()!;
  aging.push([]);
  for (const reference of old) {
    const tensor = reference.deref();
    if (tensor && tensor.size > KEEP_ELEMENTS) tensor.dispose();
  }
}
