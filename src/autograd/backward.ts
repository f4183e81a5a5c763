import { checkOptions, sameShape, shapeText } from "../base/index.ts";
import { addInto, copy, type Finish, fill, type NDArray, scope } from "../kernels/index.ts";
import { currentRecording } from "./capture/recording.ts";
import { requireTensor } from "./checks.ts";
import { retireAfterStep } from "./generation.ts";
import { type Edge, Node } from "./node.ts";
import { Tensor } from "./tensor.ts";

export interface BackwardOptions {
  /** Keep what the graph saved, so that backward can run again. */
  retainGraph?: boolean;
}

/**
 * Computes the gradients of `root` with respect to every leaf that requires one and adds them to
 * the leaves' `grad`. Nothing is computed below the lowest leaf that requires a gradient.
 *
 * @param gradient dL/d(root); may be left out when root has one element.
 * @throws Error when root has no graph, the graph was already freed, or a weight it needs was changed since.
 */
export function backward(
  root: Tensor,
  gradient?: Tensor | null,
  options: BackwardOptions = {},
): void {
  checkOptions("backward", options, ["retainGraph"]);
  checkRoot(root, gradient);
  const order = root.node ? topologicalOrder(root.node) : null;
  scope(
    () => {
      const seed = gradient ? gradient.array.share() : fill(root.shape, 1, root.dtype);
      if (order) runGraph(order, seed, options.retainGraph ?? false);
      else accumulate(root, seed);
    },
    () => [],
  );
}

function checkRoot(root: Tensor, gradient: Tensor | null | undefined): void {
  if (!requireTensor("backward()", "the loss", root).requiresGrad) {
    throw new Error(
      "backward(): this tensor requires no gradient: nothing it was computed from does",
    );
  }
  if (gradient) {
    const { shape, dtype } = requireTensor("backward()", "the gradient", gradient);
    if (sameShape(shape, root.shape) && dtype === root.dtype) return;
    throw new Error(
      `backward(): the gradient is ${dtype} of shape ${shapeText(shape)}, the tensor ${root.dtype} of ${shapeText(root.shape)}`,
    );
  }
  if (root.size === 1) return;
  throw new Error(
    `backward() without an argument needs a tensor with one element; this one has shape ${shapeText(root.shape)}. ` +
      "Reduce it with sum() or mean(), or pass a gradient",
  );
}

/** Nodes reachable from `root`, newest first: each comes before all that it was computed from. */
function topologicalOrder(root: Node): Node[] {
  const seen = new Set<Node>([root]);
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.captured) {
      throw new Error(
        `backward(): "${node.name}" ran in a captured step, and replays make no graph; call backward() inside the ` +
          "captured function",
      );
    }
    if (node.freed) {
      throw new Error(
        `backward(): the graph at "${node.name}" was already freed by an earlier backward(); pass ` +
          "{ retainGraph: true } to that one, or run the forward pass again",
      );
    }
    if (node.outdated) {
      throw new Error(
        `backward(): the graph at "${node.name}" was overwritten, as optimizer.step() does to weights; run the forward ` +
          "pass again",
      );
    }
    for (const { target } of node.edges) {
      if (!(target instanceof Node) || seen.has(target)) continue;
      seen.add(target);
      stack.push(target);
    }
  }
  return [...seen].sort((a, b) => b.id - a.id);
}

/** The sum of the gradients of a node's result so far. */
interface Gradient {
  readonly array: NDArray;
  /** Whether it is zeroed where the node's ReLU is off. */
  readonly isRectified: boolean;
}

type Gradients = Map<Node, Gradient>;

/** Runs the nodes of `order`, the root first. Takes over `seed`, the root's gradient. */
function runGraph(order: readonly Node[], seed: NDArray, retainGraph: boolean): void {
  const gradients: Gradients = new Map([[order[0]!, { array: seed, isRectified: false }]]);
  for (const node of order) {
    const dy = gradients.get(node);
    if (dy) propagate(node, dy, gradients);
    gradients.delete(node);
    if (retainGraph) continue;
    node.free();
    if (node.output) retireAfterStep(node.output);
  }
}

/** Runs a node's gradient rules and hands the results on. Takes over `dy`. */
function propagate(node: Node, dy: Gradient, gradients: Gradients): void {
  const { isRectified } = dy;
  const once = makeOnce();
  const results = scope(
    () =>
      node.edges.map((edge) => {
        let isFinished = false;
        const finish = (): Finish => {
          const { target } = edge;
          if (!(target instanceof Node)) return {};
          isFinished = target.rectifier !== null;
          return { onto: takeEarlier(target, gradients), rectifier: target.rectifier };
        };
        const array = edge.rule.grad(dy.array, { once, isRectified, finish });
        return { edge, gradient: { array, isRectified: isFinished } };
      }),
    (all) => all.map(({ gradient }) => gradient.array),
  );
  dy.array.release(); // first, so that a rule that passes dy on leaves its only reference
  for (const { edge, gradient } of results) deliver(edge, gradient, gradients);
}

/** What came from other uses of a node's result, if it may be overwritten. */
function takeEarlier(node: Node, gradients: Gradients): NDArray | null {
  const earlier = gradients.get(node)?.array;
  if (!earlier?.storage.exclusive) return null;
  gradients.delete(node);
  return earlier;
}

function deliver({ target }: Edge, gradient: Gradient, gradients: Gradients): void {
  // Also of a leaf that was frozen since.
  if (target instanceof Node) {
    const earlier = gradients.get(target);
    gradients.set(target, earlier ? addGradients(earlier, gradient) : gradient);
  } else if (target instanceof Tensor && target.requiresGrad) accumulate(target, gradient.array);
  else gradient.array.release();
}

/** Adds a gradient to a leaf. Takes over `gradient`. */
function accumulate(leaf: Tensor, gradient: NDArray): void {
  currentRecording()?.onUseGrad(leaf);
  const { ownGrad } = leaf;
  if (!ownGrad) {
    leaf.grad = new Tensor((gradient.storage.exclusive ? gradient : copyOf(gradient)).keep());
    return;
  }
  addInto(ownGrad.array, gradient);
  gradient.release();
}

function copyOf(shared: NDArray): NDArray {
  const own = copy(shared);
  shared.release();
  return own;
}

function addGradients({ array: a, ...first }: Gradient, { array: b, ...second }: Gradient) {
  const into = a.storage.exclusive ? a : b.storage.exclusive ? b : copyOf(a);
  const from = into === b ? a : b;
  addInto(into, from);
  from.release();
  return { array: into, isRectified: first.isRectified && second.isRectified };
}

function makeOnce() {
  const memo: { value?: unknown } = {};
  return <T extends readonly NDArray[]>(compute: () => T): T => {
    memo.value ??= compute();
    return memo.value as T;
  };
}
