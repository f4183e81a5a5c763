import type { NDArray } from "../kernels/index.ts";
import type { GradRule } from "./node.ts";

/** What an operation's definition returns for given inputs. */
export interface OpResult {
  readonly out: NDArray;
  /** One rule per input, in order; null where no gradient can flow (indices, targets). */
  readonly grads: readonly (GradRule | null)[];
}

/** Which inputs require a gradient: lets an op skip what only a frozen input's gradient needs. */
export type Wanted = readonly boolean[];

export type Definition<A> = (inputs: readonly NDArray[], attributes: A, wanted: Wanted) => OpResult;

/** What an operation is; see `defineOp`. */
export interface OpSpec<A> {
  readonly opName: string;
  define(inputs: readonly NDArray[], attributes: A, wanted: Wanted): OpResult;
  /** The attributes with which the op applies ReLU to its result too; null where it does something to it already. */
  withRelu?(attributes: A): A | null;
  /** Whether its second and third input are weight [out, …] and bias [out] of a linear map, and nothing follows that. */
  takesFold?(attributes: A): boolean;
  /** Scales and shifts channels: how the weight and bias of a linear map before it do so; null where it does more. */
  fold?(inputs: readonly NDArray[], attributes: A): Fold | null;
}

/** Makes weight and bias of a linear map that does what another op did to its result. */
export type Fold = (weight: NDArray, bias: NDArray | null) => [weight: NDArray, bias: NDArray];

/** What an op says of itself to passes. */
export type Traits<A> = Omit<OpSpec<A>, "opName" | "define">;

/** Shorthand for a rule that needs `needs` kept until backward. */
export function saving(needs: readonly NDArray[], grad: GradRule["grad"]): GradRule {
  return { needs, grad };
}
