import {
  allocate,
  copyInto,
  fillWith,
  type NDArray,
  outsideScopes,
  persistently,
} from "../kernels/index.ts";
import type { Recording } from "./recording.ts";
import { Tensor } from "./tensor.ts";

/** −0 + x is x for every x, −0 included; 0 + x is not. */
const NOTHING_YET = -0;

interface Sum {
  readonly array: NDArray;
  users: number;
}

/** Where recorded steps add to a leaf's gradient; all recordings share it. */
const sums = new WeakMap<Tensor, Sum>();

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
export class GradientLog implements Recording {
  /** Gradients from before the recording, of leaves that it touches. */
  readonly #before = new Map<Tensor, Tensor | null>();
  readonly #carried = new Map<Tensor, Sum>();
  readonly #after = new Map<Tensor, Outcome | null>();
  /** Made by the step itself, anew in each run. */
  readonly #own = new WeakSet<Tensor>();

  onCreate(tensor: Tensor): void {
    this.#own.add(tensor);
  }

  onSetGrad(tensor: Tensor): boolean {
    if (this.#own.has(tensor) || this.#before.has(tensor)) return true;
    this.#before.set(tensor, tensor.ownGrad);
    return false;
  }

  onUseGrad(leaf: Tensor): void {
    if (this.onSetGrad(leaf)) return;
    const sum = sumOf(leaf);
    sum.users++;
    this.#carried.set(leaf, sum);
    leaf.replaceGrad(outsideScopes(() => new Tensor(sum.array.share())));
  }

  /** After recording: notes the outcome and puts back what was there, since nothing has run yet. */
  finish(): void {
    for (const [leaf, before] of this.#before) {
      const { ownGrad, gradSeen } = leaf;
      leaf.replaceGrad(before);
      const array = ownGrad && outsideScopes(() => ownGrad.array.share());
      this.#after.set(leaf, array && { array, tensor: gradSeen ? ownGrad : null });
      if (!gradSeen && ownGrad !== before) ownGrad?.dispose();
    }
    this.#before.clear();
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

  /** Gives up what is held. Sums stay with the leaves that show them. */
  release(): void {
    for (const outcome of this.#after.values()) outcome?.array.release();
    this.#after.clear();
    for (const [leaf, sum] of this.#carried) {
      if (--sum.users > 0) continue;
      sum.array.release();
      if (sums.get(leaf) === sum) sums.delete(leaf);
    }
    this.#carried.clear();
  }

  /** After an error while recording: as if it had not been tried. */
  cancel(): void {
    this.finish();
    this.release();
  }
}

function shown({ tensor, array }: Outcome): Tensor {
  return tensor && !tensor.disposed ? tensor : outsideScopes(() => new Tensor(array.share()));
}

function sumOf(leaf: Tensor): Sum {
  const { shape, dtype, storage } = leaf.array;
  const known = sums.get(leaf);
  if (known && known.array.storage.device === storage.device) return known;
  const array = persistently(() => allocate(shape, dtype, storage.device), storage.device);
  const sum = { array, users: 0 };
  sums.set(leaf, sum);
  return sum;
}
