import { type Shape, sameShape, shapeText, sizeOf } from "../base/index.ts";
import { type DType, download, type NDArray } from "../kernels/index.ts";
import { currentRecording } from "./capture/recording.ts";
import { nested } from "./nested.ts";
import type { Node } from "./node.ts";

/** Frees the memory of tensors that the garbage collector found unreachable. */
const collector = new FinalizationRegistry<NDArray["hold"]>((hold) => hold.release());

/** How to get at a value whose own memory was freed. */
interface Archived {
  read(): Promise<Float32Array>;
  /** Gives it memory again. */
  revive(): NDArray;
}

/** Where captured steps add to a leaf's gradient; all recordings share it. */
export interface GradientSum {
  readonly array: NDArray;
  users: number;
}

/** Values that the host knows, for as long as the memory isn't written to. */
interface Known {
  readonly values: ArrayLike<number>;
  /** Of the memory. */
  readonly version: number;
}

/** Of so many elements the host keeps values that it was given or has read, to show them. */
const MOST_KEPT = 1000;

/** What knows the node of a tensor that isn't computed yet. */
interface Origin {
  readonly node: Node | null;
}

/** What became of a tensor whose memory is gone, for error messages. */
export function freedText({ shape }: Tensor): string {
  return (
    `of shape ${shapeText(shape)} was freed: it was disposed, or belongs to a training step that is over. ` +
    "Use detach() outside scope() to keep a tensor, or read it with data() in time"
  );
}

/** Node's `util.inspect`, as it hands itself over. */
type Inspect = (value: unknown, options: object) => string;

/** There are no values yet; and a promise that nobody awaits would hide that. */
function refuseWhileRecording(): void {
  if (!currentRecording()) return;
  throw new Error(
    "a value can't be read inside a captured step: return the tensor and read it after the call",
  );
}

/**
 * A dense row-major array of numbers on the GPU that can carry gradients.
 *
 * Tensors are immutable, except that optimizers, `loadStateDict` and running statistics update
 * leaves in place. Memory is freed by itself; `dispose()` only makes it happen now.
 */
export class Tensor {
  #array: NDArray;
  #grad: Tensor | null = null;
  #gradSeen = false;
  #requiresGrad: boolean;
  #archived: Archived | null = null;
  #known: Known | null = null;
  /** For captured steps that add to the gradient. */
  gradientSum: GradientSum | null = null;

  readonly #node: Node | null;
  readonly #origin: Origin | null;

  constructor(
    array: NDArray,
    requiresGrad = false,
    node: Node | null = null,
    /** Where the node is to be had, of a tensor that isn't computed yet. */
    origin: Origin | null = null,
  ) {
    this.#array = array;
    this.#requiresGrad = requiresGrad;
    this.#node = node;
    this.#origin = requiresGrad ? origin : null;
    collector.register(this, array.hold, this);
    currentRecording()?.onCreate(this);
  }

  get shape(): number[] {
    return [...this.#array.shape];
  }

  get dtype(): DType {
    return this.#array.dtype;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.#array.shape);
  }

  get ndim(): number {
    return this.#array.shape.length;
  }

  /** The memory behind the tensor. @throws Error when it was freed. */
  get array(): NDArray {
    currentRecording()?.onAccess(this);
    if (this.#archived && this.#array.released) {
      this.#array = this.#archived.revive();
      collector.register(this, this.#array.hold, this);
    }
    return this.#array;
  }

  /** Stands for the values in memory when tensors are compared: null when they were freed. */
  get identity(): object | null {
    return this.#array.released && !this.#archived ? null : this.#array.identity;
  }

  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(flag: boolean) {
    this.requiresGrad_(flag);
  }

  /** Starts or stops tracking gradients of a leaf. */
  requiresGrad_(flag = true): this {
    if (!this.isLeaf)
      throw new Error("requiresGrad can only be changed on a leaf; use detach() to cut a graph");
    if (flag && this.dtype !== "f32") {
      throw new Error(`only f32 tensors can require a gradient; this one is ${this.dtype}`);
    }
    this.#requiresGrad = flag;
    return this;
  }

  /** What made this tensor; null for a leaf. */
  get node(): Node | null {
    return this.#origin ? this.#origin.node : this.#node;
  }

  get isLeaf(): boolean {
    return this.#node === null && this.#origin === null;
  }

  /** The accumulated gradient of a leaf; null before `backward()`, after `zeroGrad()` and when frozen. */
  get grad(): Tensor | null {
    currentRecording()?.onAskGrad(this);
    this.#gradSeen = true;
    return this.#grad;
  }

  set grad(value: Tensor | null) {
    if (value && !(value instanceof Tensor))
      throw new TypeError(`grad must be a tensor or null, not ${value}`);
    if (value && !sameShape(value.shape, this.shape)) {
      throw new Error(
        `grad has shape ${shapeText(value.shape)}, its tensor ${shapeText(this.shape)}`,
      );
    }
    const mayFree = currentRecording()?.onSetGrad(this) ?? true;
    // A gradient nobody looked at can be reused at once; others stay until collected.
    if (mayFree && this.#grad && this.#grad !== value && !this.#gradSeen) this.#grad.dispose();
    this.replaceGrad(value);
  }

  /** Sets the gradient and leaves the memory of the earlier one alone. */
  replaceGrad(value: Tensor | null): void {
    this.#grad = value;
    this.#gradSeen = false;
  }

  /** The gradient for the engine's own use: doesn't count as somebody holding it. */
  get ownGrad(): Tensor | null {
    return this.#grad;
  }

  /** Whether there is a gradient, for what happens only then. */
  get hasGrad(): boolean {
    currentRecording()?.onAskGrad(this);
    return this.#grad !== null;
  }

  /** Whether somebody outside the engine may hold the gradient. */
  get gradSeen(): boolean {
    return this.#gradSeen;
  }

  /** The gradient's memory, for work that reads or changes it: a captured step finds it at each replay. */
  get usedGrad(): NDArray | null {
    if (!this.hasGrad) return null;
    currentRecording()?.onUseGrad(this);
    return this.#grad?.array ?? null;
  }

  /**
   * The values, row-major: Float32Array, Int32Array or Uint32Array (f16 as Float32Array).
   * @throws Error at once inside a step that is being captured.
   */
  data(): Promise<Float32Array | Int32Array | Uint32Array> {
    refuseWhileRecording();
    return this.#read();
  }

  async #read(): Promise<Float32Array | Int32Array | Uint32Array> {
    if (this.#archived && this.#array.released) return this.#archived.read();
    if (this.disposed) throw new Error(`data(): the tensor ${freedText(this)}`);
    const { version } = this.#array.storage;
    const values = await download(this.#array);
    this.#keep(values, version);
    return values;
  }

  /** Notes what was uploaded to its memory. */
  knows(values: ArrayLike<number>): this {
    this.#keep(values, this.#array.storage.version);
    return this;
  }

  #keep(values: ArrayLike<number>, version: number): void {
    if (values.length <= MOST_KEPT) this.#known = { values, version };
  }

  /** The values, where they can be had without waiting: those of a small tensor that were given, or read since they last changed. */
  get known(): ArrayLike<number> | null {
    const known = this.#known;
    return known?.version === this.#array.hold.storage?.version ? (known?.values ?? null) : null;
  }

  /** The value of a one-element tensor; see `data`. */
  item(): Promise<number> {
    refuseWhileRecording();
    return this.#readOne();
  }

  async #readOne(): Promise<number> {
    if (this.size !== 1) {
      throw new Error(
        `item() needs a tensor with one element; this one has shape ${shapeText(this.shape)}`,
      );
    }
    return (await this.#read())[0]!;
  }

  /** The same values outside the graph, sharing memory. */
  detach(): Tensor {
    return new Tensor(this.array.share());
  }

  /** Frees the memory now. The tensor can't be used afterwards; gradients still to come are safe. */
  dispose(): void {
    this.#archived = null;
    this.#array.release();
    collector.unregister(this);
  }

  /** Frees the memory; the value is kept elsewhere from now on. */
  archive(archived: Archived): void {
    this.dispose();
    this.#archived = archived;
  }

  get disposed(): boolean {
    return this.#archived === null && this.#array.released;
  }

  /** Replaces the memory of a leaf: new weights of the same or another shape. */
  replaceArray(array: NDArray): void {
    if (!this.isLeaf) throw new Error("only leaves can be given new memory");
    collector.unregister(this);
    this.#array.release();
    this.#array = array;
    this.#known = null;
    collector.register(this, array.hold, this);
  }

  /** For console.log in Node: what is known at once. `print` reads the values. */
  [Symbol.for("nodejs.util.inspect.custom")](_: number, options: object, inspect: Inspect): string {
    const { known } = this;
    const by = this.#node ? ` by ${this.#node.name}` : "";
    const values = known && nested(known, this.#array.shape);
    const shown = known ? inspect(values, { ...options, depth: null }) : "(await print())";
    return `${this}${by} ${shown}`;
  }

  toString(): string {
    const grad = this.#requiresGrad ? ", requiresGrad" : "";
    return `Tensor(${shapeText(this.#array.shape as Shape)}, ${this.dtype}${grad})`;
  }
}
