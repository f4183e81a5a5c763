import { type Shape, sameShape, shapeText } from "../../../base/index.ts";
import {
  broadcastShapes,
  pointwiseLoss as forward,
  type PointwiseLoss,
  type PointwiseLossInputs,
  pointwiseLossGrad,
  type Reduction,
} from "../../../kernels/index.ts";
import { requireF32, requireFloat, requireShape } from "../../checks.ts";
import { defineOp, type Op, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { expand } from "../layout/expand.ts";

export interface PointwiseAttributes {
  readonly reduction: Reduction;
  readonly beta?: number;
  /** Which of the inputs after x and y are weight and positive weight. */
  readonly weights?: readonly ("weight" | "positiveWeight")[];
}

/** A loss of an input and a target of one shape; both can carry gradients. */
/* @__NO_SIDE_EFFECTS__ */
export function definePointwiseLoss(name: string, loss: PointwiseLoss): Op<PointwiseAttributes> {
  return defineOp<PointwiseAttributes>(name, ([x, y, ...given], attributes) => {
    const options = { ...attributes, loss };
    const extra = attributes.weights?.map((role, i) => [role, given[i]!] as const) ?? [];
    const inputs: PointwiseLossInputs = { x, y, ...Object.fromEntries(extra) };
    const rule = (of: "x" | "y") =>
      saving([x, y, ...given], (dy) => pointwiseLossGrad(inputs, dy, options, of));
    return {
      out: forward(inputs, options),
      grads: [rule("x"), rule("y"), ...given.map(() => null)],
    };
  });
}

/** Checks what all losses of pairs share. */
export function checkPair(name: string, input: Tensor, target: Tensor): void {
  requireFloat(name, "input", input);
  requireFloat(name, "target", target);
  requireShape(name, "target", target, input.shape, "the input's shape");
}

/**
 * A weight that can be broadcast to `shape`, in the form that the kernel reads: its last dimensions,
 * repeated over the leading ones.
 */
export function checkWeight(name: string, role: string, weight: Tensor, shape: Shape): Tensor {
  requireF32(name, role, weight);
  if (!sameShape(broadcastShapes(`${name}: ${role}`, weight.shape, shape), shape)) {
    throw new Error(
      `${name}: ${role} has shape ${shapeText(weight.shape)}; it must fit input of shape ${shapeText(shape)}`,
    );
  }
  return isEnd(weight.shape, shape) ? weight : expand(weight.detach(), [...shape]);
}

/** Whether a shape, but for leading ones, is the end of another. */
function isEnd(weight: Shape, shape: Shape): boolean {
  const first = weight.findIndex((n) => n > 1);
  const own = first < 0 ? [] : weight.slice(first);
  return sameShape(own, shape.slice(shape.length - own.length));
}
