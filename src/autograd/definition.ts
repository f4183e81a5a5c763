import type { HW, Window } from "../base/index.ts";
import type { NDArray, Rectifier } from "../kernels/index.ts";
import type { GradRule } from "./node.ts";
import type { Tensor } from "./tensor.ts";

/** What an operation's definition returns for given inputs. */
export interface OpResult {
  readonly out: NDArray;
  /** One rule per input, in order; null where no gradient can flow (indices, targets). */
  readonly grads: readonly (GradRule | null)[];
  /** The ReLU that an op ends in whose rules keep its result and heed `isRectified`. */
  readonly rectifies?: "none" | Rectifier["kind"];
}

/** Which inputs require a gradient: lets an op skip what only a frozen input's gradient needs. */
export type Wanted = readonly boolean[];

/** What an op does: from its inputs, its attributes and which inputs want a gradient, the output and a rule per input. */
export type Definition<A> = (inputs: readonly NDArray[], attributes: A, wanted: Wanted) => OpResult;

/** What an operation is; see `defineOp`. */
export interface OpSpec<A> {
  readonly opName: string;
  define(inputs: readonly NDArray[], attributes: A, wanted: Wanted): OpResult;
  /** What it does to its input, where another op that made it could do so itself. */
  step?(attributes: A): Step | null;
  /**
   * The attributes with which the op takes a step more on its way to the result; null where it can't.
   * @param position where the op finds what is added, among its inputs.
   */
  takesStep?(attributes: A, step: Step, position: number): A | null;
  /** Whether its second and third input are weight [out, …] and bias [out] of a linear map, and nothing follows that. */
  takesFold?(attributes: A): boolean;
  /** The op that made its first input, doing what this one does too; null where it can't. */
  joins?(maker: PlannedOp, planned: PlannedOp<A>): PlannedOp | null;
}

/** An op that waits to be run. */
export interface PlannedOp<A = unknown> {
  readonly op: OpSpec<A>;
  readonly inputs: readonly Tensor[];
  /** What the inputs were when the op was applied. */
  readonly arrays: readonly NDArray[];
  /** Makes the operands in place of `arrays`, right before the op runs. */
  readonly prepare?: () => readonly NDArray[];
  readonly attributes: A;
  /** Which inputs require a gradient. */
  readonly wanted: Wanted;
  readonly output: Tensor;
  /** Stands for the output's values, also where other tensors share them. */
  readonly identity: object;
  /** Runs a function with the modes that held where the op was applied. */
  inContext<R>(fn: () => R): R;
}

/** What is done to the result of another op. */
export type Step = { readonly kind: "relu" | "relu6" | "add" } | Smooth | Pooling;

/** A function of shaders/lib/activation_functions.wgsl without a parameter, whose derivative is of its input. */
export interface Smooth {
  readonly kind: "smooth";
  readonly name: string;
}

export interface Pooling {
  readonly kind: "maxPool2d";
  readonly window: Window;
  readonly outHW: HW;
}

/** What an op says of itself to passes. */
export type Traits<A> = Omit<OpSpec<A>, "opName" | "define">;

/** Shorthand for a rule that needs `needs` kept until backward. */
export function saving(needs: readonly NDArray[], grad: GradRule["grad"]): GradRule {
  return { needs, grad };
}
