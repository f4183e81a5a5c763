import { type NDArray, scope } from "../kernels/index.ts";
import { isGradEnabled } from "./mode.ts";
import { type Edge, type GradRule, Node } from "./node.ts";
import { freedText, Tensor } from "./tensor.ts";

/** What an operation's definition returns for given inputs. */
export interface OpResult {
  readonly out: NDArray;
  /** One rule per input, in order; null where no gradient can flow (indices, targets). */
  readonly grads: readonly (GradRule | null)[];
}

/** Which inputs require a gradient: lets an op skip what only a frozen input's gradient needs. */
export type Wanted = readonly boolean[];

export type Definition<A> = (inputs: readonly NDArray[], attributes: A, wanted: Wanted) => OpResult;

export interface Op<A> {
  readonly opName: string;
  (inputs: readonly Tensor[], attributes: A): Tensor;
}

/** Every op by name; the OpInfo suite fails for one without tests. */
export const registry = new Map<string, Op<never>>();

/** One applied operation, as `traceOps` reports it. */
export interface TracedOp {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** As the op's own file defines them. */
  readonly attributes: unknown;
  readonly output: Tensor;
}

let listener: ((op: TracedOp) => void) | null = null;

/** Whether operations are being reported: what is exported must not be rewritten for speed. */
export function isTracing(): boolean {
  return listener !== null;
}

/** Runs `fn` and reports every operation applied in it, in order: how a model is exported. */
export function traceOps<T>(report: (op: TracedOp) => void, fn: () => T): T {
  const outer = listener;
  listener = report;
  try {
    return fn();
  } finally {
    listener = outer;
  }
}

/** Shorthand for a rule that needs `needs` kept until backward. */
export function saving(needs: readonly NDArray[], grad: GradRule["grad"]): GradRule {
  return { needs, grad };
}

/**
 * Defines a differentiable operation: forward and one gradient rule per input in one place. The
 * rules of inputs that don't require a gradient are dropped, and what only they need is never kept.
 * Temporaries made in `definition` are freed when it returns.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<A = undefined>(name: string, definition: Definition<A>): Op<A> {
  const apply = (inputs: readonly Tensor[], attributes: A): Tensor => {
    const arrays = inputs.map((input, i) => usableArray(name, input, i));
    const recording = isGradEnabled();
    const wanted = inputs.map((input) => recording && input.requiresGrad);
    let node: Node | null = null;
    const { out } = scope(
      () => {
        const result = definition(arrays, attributes, wanted);
        if (wanted.includes(true)) node = makeNode(name, inputs, wanted, result);
        return result;
      },
      (result) => [result.out],
    );
    const output = wrap(out, node);
    listener?.({ name, inputs, attributes, output });
    return output;
  };
  const op: Op<A> = Object.assign(apply, { opName: name });
  registry.set(name, op as Op<never>);
  return op;
}

function usableArray(name: string, input: Tensor, index: number): NDArray {
  if (!(input instanceof Tensor)) throw new Error(`${name}: input ${index} is not a tensor`);
  if (input.disposed) {
    throw new Error(`${name}: input ${index} ${freedText(input)}`);
  }
  return input.array;
}

function makeNode(
  name: string,
  inputs: readonly Tensor[],
  wanted: Wanted,
  result: OpResult,
): Node | null {
  const edges: Edge[] = [];
  inputs.forEach((input, i) => {
    const rule = result.grads[i];
    if (wanted[i] && rule) edges.push({ target: input.node ?? input, rule });
  });
  return edges.length > 0 ? new Node(name, edges) : null;
}

function wrap(out: NDArray, node: Node | null): Tensor {
  const tensor = new Tensor(out, node !== null, node);
  if (node) node.output = new WeakRef(tensor);
  return tensor;
}
