import { nextInOrder } from "../gpu/index.ts";
import type { Finish, NDArray, Rectifier } from "../kernels/index.ts";
import { currentRecording } from "./capture/recording.ts";

/** One backward pass through one node; `once` shares work between the gradients of its inputs. */
export interface BackwardContext {
  /** Computes a group of arrays once per backward pass, however many inputs ask for it. */
  once<T extends readonly NDArray[]>(compute: () => T): T;
  /** Whether the output's gradient is zeroed already where the node's ReLU is off. */
  readonly isRectified: boolean;
  /** What can be done to the input's gradient in the launch that computes it. A rule that asks must do all of it. */
  finish(): Finish;
}

/** How the gradient of one input comes from the gradient of the output. */
export interface GradRule {
  /** Arrays to be kept until backward. Only they may be read by `grad`. */
  readonly needs: readonly NDArray[];
  readonly grad: (dy: NDArray, context: BackwardContext) => NDArray;
}

/** A tensor that gradients end at. */
export interface Leaf {
  readonly requiresGrad: boolean;
}

/** Where a gradient goes: on to the node that made the input, into a leaf, or (null) nowhere. */
export interface Edge {
  readonly target: Node | Leaf | null;
  readonly rule: GradRule;
}

/** A graph dropped without `backward()` gives up what it kept when it is collected. */
const collector = new FinalizationRegistry<NDArray["hold"][]>((holds) => {
  for (const hold of holds) hold.release();
});

/** A recorded operation. Ids grow with time, so descending id is a topological order. */
export class Node {
  readonly id = nextInOrder();
  #saved: NDArray[];
  readonly #versions: readonly number[];
  #freed = false;
  #captured = false;
  /** The tensor this node made, if somebody still holds it. */
  output: WeakRef<object> | null = null;

  constructor(
    readonly name: string,
    readonly edges: readonly Edge[],
    /** Where it ends in a ReLU: whoever computes its gradient may zero it where that is off. */
    readonly rectifier: Rectifier | null = null,
  ) {
    const needed = new Set(edges.flatMap(({ rule }) => rule.needs));
    this.#saved = [...needed].map((array) => array.share().keep());
    this.#versions = this.#saved.map(({ storage }) => storage.version);
    collector.register(
      this,
      this.#saved.map(({ hold }) => hold),
      this,
    );
    currentRecording()?.onNode(this);
  }

  get freed(): boolean {
    return this.#freed;
  }

  /** Whether something that was kept has been written to since. */
  get outdated(): boolean {
    return this.#saved.some(({ storage }, i) => storage.version !== this.#versions[i]);
  }

  /** Whether it belongs to a captured step, whose replays make no graph. */
  get captured(): boolean {
    return this.#captured;
  }

  /** Gives up what was kept for backward. @param byCapture because the step that made it was recorded. */
  free(byCapture = false): void {
    if (this.#freed) return;
    this.#captured = byCapture;
    this.#freed = true;
    for (const array of this.#saved) array.release();
    collector.unregister(this);
    this.#saved = [];
  }
}
