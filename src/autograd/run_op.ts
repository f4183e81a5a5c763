import type { Shape } from "../base/index.ts";
import { currentDevice, Sketch, Storage } from "../gpu/index.ts";
import { bytesOf, type DType, NDArray, scope, withoutDraws } from "../kernels/index.ts";
import type { OpResult, OpSpec, Wanted } from "./definition.ts";
import { type Edge, Node } from "./node.ts";
import type { Tensor } from "./tensor.ts";

/** Runs an op's definition: its result, and the node that backward will run. */
export function runOp<A>(
  op: OpSpec<A>,
  inputs: readonly Tensor[],
  arrays: readonly NDArray[],
  attributes: A,
  wanted: Wanted,
): { out: NDArray; node: Node | null } {
  let node: Node | null = null;
  const { out } = scope(
    () => {
      const result = op.define(arrays, attributes, wanted);
      if (wanted.includes(true)) node = makeNode(op.opName, inputs, wanted, result);
      return result;
    },
    (result) => [result.out],
  );
  return { out, node };
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
  const { out, rectifies: kind = "none" } = result;
  const rectifier = kind === "none" ? null : { kind, out };
  return edges.length > 0 ? new Node(name, edges, rectifier) : null;
}

/** What an op's result will be. */
export interface Outline {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Whether a gradient flows through it. */
  readonly hasGraph: boolean;
}

/**
 * Runs an op's definition on arrays without memory and throws its launches away: what is wrong with the inputs shows at once.
 */
export function outline<A>(
  op: OpSpec<A>,
  arrays: readonly NDArray[],
  attributes: A,
  wanted: Wanted,
): Outline {
  const device = currentDevice();
  const run = () =>
    scope(
      () => {
        const blanks = arrays.map(
          ({ shape, dtype }) =>
            new NDArray(new Storage(device, bytesOf(shape, dtype)), shape, dtype),
        );
        const { out, grads } = op.define(blanks, attributes, wanted);
        const hasGraph = wanted.some((isWanted, i) => isWanted && grads[i]);
        return { shape: out.shape, dtype: out.dtype, hasGraph };
      },
      () => [],
    );
  return new Sketch().record(() => withoutDraws(run));
}
