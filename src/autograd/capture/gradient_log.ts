import type { Storage } from "../../gpu/index.ts";
import { allocate, copyInto, fillWith, type NDArray, persistently } from "../../kernels/index.ts";
import { type GradientSum, Tensor } from "../tensor.ts";

/** −0 + x is x for every x, −0 included; 0 + x is not. */
const NOTHING_YET = -0;

/** A leaf's gradient after a run. */
interface Outcome {
  readonly array: NDArray;
  /** What the function itself saw and may have returned; null when it looked at none. */
  readonly tensor: Tensor | null;
}

/**
 * What a recorded step does to the `grad` of leaves, so that each replay leaves them as the function
 * itself would: a leaf whose gradient the function sets (zeroGrad) starts afresh, any other is added
 * to what it holds when the replay begins.
 */
export class GradientLog {
  /** Gradients from before the recording, of leaves that it touches. */
  readonly #before = new Map<Tensor, Tensor | null>();
  readonly #carried = new Map<Tensor, GradientSum>();
  readonly #after = new Map<Tensor, Outcome | null>();
  readonly #keys = new Map<Tensor, object>();
  /** What is to be given up with the step. */
  readonly memory = new GradientMemory();

  /** Whether the step has set or used the gradient of this leaf. */
  touches(leaf: Tensor): boolean {
    return this.#before.has(leaf);
  }

  /** Stands for the gradient of a leaf. */
  keyOf(leaf: Tensor): object {
    const key = this.#keys.get(leaf) ?? {};
    this.#keys.set(leaf, key);
    return key;
  }

  /** Notes that a leaf's gradient is about to be set. Returns whether it was the step's already. */
  set(leaf: Tensor): boolean {
    if (this.#before.has(leaf)) return true;
    this.#before.set(leaf, leaf.ownGrad);
    return false;
  }

  /** Notes that a leaf's gradient is about to be read or added to. */
  use(leaf: Tensor): void {
    if (this.set(leaf)) return;
    const sum = sumOf(leaf);
    this.memory.use(leaf, sum);
    this.#carried.set(leaf, sum);
    leaf.replaceGrad(new Tensor(sum.array.share().keep()));
  }

  /** After recording: notes the outcome and puts back what was there, since nothing has run yet. */
  finish(): void {
    for (const [leaf, before] of this.#before) {
      const { ownGrad, gradSeen } = leaf;
      leaf.replaceGrad(before);
      const array = ownGrad && this.memory.hold(ownGrad.array);
      this.#after.set(leaf, array && { array, tensor: gradSeen ? ownGrad : null });
      if (!gradSeen && ownGrad !== before) ownGrad?.dispose();
    }
    this.#before.clear();
    this.#keys.clear();
  }

  /** Whether the step leaves this memory as a gradient. */
  leaves(storage: Storage): boolean {
    return [...this.#after.values()].some((outcome) => outcome?.array.storage === storage);
  }

  /** Before a run: brings gradients that are to be added to where the step adds. */
  begin(): void {
    for (const [leaf, { array }] of this.#carried) {
      const held = leaf.ownGrad?.array;
      if (!held) fillWith(array, NOTHING_YET);
      else if (held.storage !== array.storage) copyInto(array, held);
    }
  }

  /** After a run. */
  end(): void {
    for (const [leaf, outcome] of this.#after) {
      const { ownGrad } = leaf;
      if (ownGrad?.array.storage === outcome?.array.storage) continue;
      leaf.grad = outcome && shown(outcome);
    }
  }
}

/** Memory that a recorded step holds for gradients; knows nothing of the step. */
export class GradientMemory {
  readonly #arrays: NDArray[] = [];
  readonly #sums = new Map<Tensor, GradientSum>();

  hold(array: NDArray): NDArray {
    const held = array.share().keep();
    this.#arrays.push(held);
    return held;
  }

  use(leaf: Tensor, sum: GradientSum): void {
    sum.users++;
    this.#sums.set(leaf, sum);
  }

  /** Gives up what is held. Gradients that leaves show stay. */
  release(): void {
    for (const array of this.#arrays) array.release();
    for (const [leaf, sum] of this.#sums) {
      if (--sum.users > 0) continue;
      sum.array.release();
      if (leaf.gradientSum === sum) leaf.gradientSum = null;
    }
    this.#arrays.length = 0;
    this.#sums.clear();
  }
}

function shown({ tensor, array }: Outcome): Tensor {
  return tensor && !tensor.disposed ? tensor : new Tensor(array.share().keep());
}

function sumOf(leaf: Tensor): GradientSum {
  const { shape, dtype, storage } = leaf.array;
  const known = leaf.gradientSum;
  if (known && known.array.storage.device === storage.device) return known;
  const array = persistently(() => allocate(shape, dtype, storage.device));
  leaf.gradientSum = { array, users: 0 };
  return leaf.gradientSum;
}
