import { nextInOrder } from "../gpu/index.ts";
import {
  type DrawTape,
  fill,
  type NDArray,
  notingDraws,
  repeatingDraws,
} from "../kernels/index.ts";
import { isAutocast, setAutocast } from "./autocast.ts";
import { backward } from "./backward.ts";
import { flushOps } from "./capture/program.ts";
import { requireTensor } from "./checks.ts";
import { isGradEnabled, recomputing, scope } from "./mode.ts";
import { type Edge, Node } from "./node.ts";
import { Tensor } from "./tensor.ts";

/**
 * Runs `fn(...inputs)` and keeps only the inputs: what backward needs of the steps in between is
 * computed again when its turn comes (activation checkpointing: Chen et al. 2016,
 * https://arxiv.org/abs/1604.06174). Costs one more forward pass of `fn`, gives the same gradients
 * bit for bit: random numbers are drawn again as they were, running statistics move once.
 *
 * @param fn of tensors that requires no values; parameters may come from outside, but what was
 *   computed from them must be one of the inputs.
 * @returns one tensor.
 */
export function checkpoint<Inputs extends Tensor[]>(
  fn: (...inputs: Inputs) => Tensor,
  ...inputs: Inputs
): Tensor {
  inputs.forEach((input, i) => {
    requireTensor("checkpoint", `input ${i}`, input);
  });
  if (!isGradEnabled()) return fn(...inputs);
  flushOps(); // what was applied outside is no part of it
  const firstId = nextInOrder();
  const locals = detached(inputs);
  const { result: out, tape } = notingDraws(() => run(fn, locals));
  if (!out.node) {
    const passed = locals.indexOf(out);
    return passed < 0 ? out : inputs[passed]!;
  }
  forget(out.node, firstId);
  const node = new Node(
    "checkpoint",
    edgesTo(inputs, { fn, tape, half: isAutocast(), arrays: inputs.map(arrayOf) }),
  );
  const result = new Tensor(out.array.share(), true, node);
  node.output = new WeakRef(result);
  for (const tensor of [out, ...locals]) tensor.dispose();
  return result;
}

/** What it takes to run a forward pass again. */
interface Repeat<Inputs extends Tensor[]> {
  readonly fn: (...inputs: Inputs) => Tensor;
  readonly tape: DrawTape;
  /** Whether it ran in half precision. */
  readonly half: boolean;
  readonly arrays: readonly NDArray[];
}

const arrayOf = ({ array }: Tensor): NDArray => array;

/** The same values as leaves of a graph of their own. */
function detached<Inputs extends Tensor[]>(inputs: Inputs): Inputs {
  return inputs.map(({ array, requiresGrad }) => new Tensor(array.share(), requiresGrad)) as Inputs;
}

function run<Inputs extends Tensor[]>(fn: (...inputs: Inputs) => Tensor, inputs: Inputs): Tensor {
  return scope(() => requireTensor("checkpoint", "the function's result", fn(...inputs)));
}

/** Gives up what a graph keeps. @throws Error when it goes on beyond the function. */
function forget(root: Node, firstId: number): void {
  const seen = new Set<Node>([root]);
  for (const node of seen) {
    if (node.id < firstId) {
      throw new Error(
        `checkpoint: the function uses a tensor from outside that "${node.name}" computed; pass it as an input`,
      );
    }
    for (const { target } of node.edges) if (target instanceof Node) seen.add(target);
  }
  for (const node of seen) node.free();
}

function edgesTo<Inputs extends Tensor[]>(inputs: Inputs, repeat: Repeat<Inputs>): Edge[] {
  const needs = repeat.arrays;
  const wanted = inputs.map(({ requiresGrad }) => requiresGrad);
  const edges: Edge[] = [];
  inputs.forEach((input, i) => {
    if (!wanted[i]) return;
    const at = edges.length;
    const target = input.node ?? input;
    const grad: Edge["rule"]["grad"] = (dy, { once }) =>
      once(() => gradients(repeat, wanted, dy))[at]!;
    edges.push({ target, rule: { needs, grad } });
  });
  if (edges.length > 0) return edges;
  // Only parameters are trained in there: their gradients are all there is to do.
  const grad: Edge["rule"]["grad"] = (dy) => {
    gradients(repeat, wanted, dy);
    return dy.share();
  };
  return [{ target: null, rule: { needs, grad } }];
}

/** Runs forward again and backward: fills the gradients of leaves, gives those of wanted inputs. */
function gradients<Inputs extends Tensor[]>(
  { fn, tape, half, arrays }: Repeat<Inputs>,
  wanted: readonly boolean[],
  dy: NDArray,
): NDArray[] {
  const locals = arrays.map((array, i) => new Tensor(array.share(), wanted[i])) as Inputs;
  const seed = new Tensor(dy.share());
  const out = setAutocast(half, () =>
    repeatingDraws(tape, () => recomputing(() => run(fn, locals))),
  );
  out.dispose(); // only its graph is needed
  backward(out, seed);
  seed.dispose();
  return locals.flatMap((local, i) => {
    local.dispose();
    if (!wanted[i]) return [];
    const { ownGrad } = local;
    const own = ownGrad ? ownGrad.array.share() : fill(local.array.shape, 0, local.dtype);
    local.grad = null;
    return [own];
  });
}
