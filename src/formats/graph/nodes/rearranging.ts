import type { HW, Resizing } from "../../../base/index.ts";
import type { Value } from "../builder.ts";
import {
  fileShape,
  fromFront,
  type Layout,
  type Operand,
  type ValueOperand,
  valueOperand,
} from "../operands.ts";
import { NO_VALUE, type NodeCall, type NodeContext, unsupported, valueInput } from "./context.ts";

/** Which of our sides an axis of the file is, counted with the batch; −1 for the batch, and for what we add. */
function ownSide(axis: number, { shape }: Value, layout: Layout): number {
  if (shape?.length !== 3) return axis - 1;
  const sides = {
    NHWC: [-1, 1, 2, 0],
    NCHW: [-1, 0, 1, 2],
    NCL: [-1, 0, 2],
    NLC: [-1, 2, 0],
    NHW: [-1, 1, 2],
    ANY: [-1, 0, 1, 2],
  };
  return sides[layout][axis] ?? -1;
}

/** Some entries of one axis, from `start` up to `end`; both may count from the last, and may lie beyond it. */
export interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  /** Every how many it takes. Default 1. */
  readonly step?: number;
}

/** Keeps some entries along some axes. */
export function cut(call: NodeCall, context: NodeContext, cuts: readonly Cut[]): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const kept = cuts.filter(({ axis, start, end }) => !isWhole(input, axis, start, end));
  const stride = strideOf(cuts, input);
  if (typeof stride === "string") return unsupported(call, context, stride);
  const isDense = stride.every((step) => step === 1);
  let { value } = input;
  for (const [i, { axis, start, end }] of kept.entries()) {
    const isLast = isDense && i === kept.length - 1;
    const name = isLast ? call.node.name : `${call.node.name}_${i}`;
    const next = narrowed(context, name, { ...input, value }, axis, start, end);
    if (typeof next === "string") return unsupported(call, context, next);
    value = next;
  }
  return valueOperand(isDense ? value : everyFew(call, context, value, stride), input.layout);
}

/** The steps along height and width. @returns why there can't be such steps otherwise. */
function strideOf(cuts: readonly Cut[], { value, layout }: ValueOperand): HW | string {
  const stride: [number, number] = [1, 1];
  for (const { axis, step = 1 } of cuts) {
    if (step === 1) continue;
    const dim = ownSide(fromFront(axis, value, layout), value, layout);
    if (value.shape?.length !== 3 || dim < 1 || step < 1) {
      return `a step of ${step} is supported forwards along a map's height and width only`;
    }
    stride[dim - 1] = step;
  }
  return stride;
}

/** Pixels at some distance, which a pool of single pixels gives. */
function everyFew({ node }: NodeCall, { builder }: NodeContext, value: Value, stride: HW): Value {
  return builder.add("avgPool2d", node.name, [value], {
    ...{
      kernelSize: [1, 1],
      stride,
      padding: [0, 0, 0, 0],
      ceilMode: false,
      countIncludePad: true,
    },
  });
}

/** As large as exporters write an end that is no end. */
const ENDLESS = 2 ** 31 - 1;

function isWhole(
  { value, layout }: ValueOperand,
  axis: number,
  start: number,
  end: number,
): boolean {
  const side = fileShape(value, layout)[fromFront(axis, value, layout)];
  return start === 0 && (end >= ENDLESS || (side !== null && end >= side));
}

function narrowed(
  { builder }: NodeContext,
  name: string,
  { value, layout }: ValueOperand,
  given: number,
  start: number,
  end: number,
): Value | string {
  const axis = fromFront(given, value, layout);
  const dim = ownSide(axis, value, layout);
  const side = fileShape(value, layout)[axis] ?? null;
  if (dim < 0) return "the batch can't be cut";
  if (side === null) {
    if (start < 0) return "it counts from the end of a side that isn't known";
    return builder.add("narrow", name, [value], { dim, start, end: end >= ENDLESS ? 0 : end });
  }
  const within = (at: number) => Math.min(Math.max(at < 0 ? at + side : at, 0), side);
  const [first, last] = [within(start), within(end)];
  if (first >= last) return "it keeps nothing";
  return builder.add("narrow", name, [value], { dim, start: first, end: last });
}

/** Cuts a value in parts along an axis, for each of the node's outputs. @param lengths of the parts; equal ones where left out. */
export function divided(
  call: NodeCall,
  context: NodeContext,
  given: number,
  lengths: readonly number[] | undefined,
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { name, outputs } = call.node;
  const { value, layout } = input;
  const axis = fromFront(given, value, layout);
  const side = fileShape(value, layout)[axis] ?? null;
  if (side === null) return unsupported(call, context, "the size isn't known");
  const each = Math.ceil(side / outputs.length);
  const parts = lengths ?? outputs.map((_, i) => Math.min(each, side - i * each));
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (parts.length !== outputs.length || total !== side || parts.some((part) => part < 1)) {
    return unsupported(call, context, `parts of ${parts.join(", ")} don't fit a side of ${side}`);
  }
  let start = 0;
  for (const [i, output] of outputs.entries()) {
    const end = start + parts[i];
    const isTaken = context.consumers.has(output) || context.outputs.has(output);
    const part = isTaken ? narrowed(context, `${name}_${i}`, input, axis, start, end) : {};
    if (typeof part === "string") return unsupported(call, context, part);
    context.operands.set(output, valueOperand(part, layout));
    start = end;
  }
  return context.operands.get(outputs[0]) ?? valueOperand({}, layout);
}

/** What a map is resized to: height and width, or factors for them; in the file's order of axes, without the batch. */
export type ResizeTarget =
  | { readonly size: readonly number[] }
  | { readonly scale: readonly number[] };

/** Resizes a map's height and width. */
export function resized(
  call: NodeCall,
  context: NodeContext,
  target: ResizeTarget,
  resizing: Resizing,
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { value, layout } = input;
  if (value.shape?.length !== 3) return unsupported(call, context, "its input is no map");
  const given = "size" in target ? target.size : target.scale;
  const sides = fileShape(value, layout).slice(1);
  if (given.length !== sides.length || given.some((n) => !(n > 0 && Number.isFinite(n)))) {
    return unsupported(call, context, `${given.join(", ")} is no size of its input`);
  }
  const whole = "size" in target ? (value.shape[1] ?? 0) : 1;
  const pair: [number, number] = [whole, "size" in target ? (value.shape[2] ?? 0) : 1];
  for (const [i, n] of given.entries()) {
    const dim = ownSide(i + 1, value, layout);
    if (dim > 0) pair[dim - 1] = n;
    else if (n !== ("size" in target ? value.shape[0] : 1)) {
      return unsupported(call, context, "only height and width can be resized");
    }
  }
  if (pair.some((n) => n === 0)) return unsupported(call, context, "the size isn't known");
  const attrs = {
    ...resizing,
    size: null,
    scale: null,
    ["size" in target ? "size" : "scale"]: pair,
  };
  return valueOperand(context.builder.add("resize", call.node.name, [value], attrs), layout);
}

/** Squares of pixels out of channels, or channels out of them. */
export function squares(
  call: NodeCall,
  context: NodeContext,
  op: "depthToSpace" | "spaceToDepth",
  block: number,
  order: string,
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { value, layout } = input;
  if (value.shape?.length !== 3 || (layout !== "NCHW" && layout !== "NHWC")) {
    return unsupported(call, context, "its input is no map with channels");
  }
  if (order !== "CRD" && order !== "DCR") return unsupported(call, context, `${order} isn't known`);
  return valueOperand(context.builder.add(op, call.node.name, [value], { block, order }), layout);
}
