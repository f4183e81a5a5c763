import type { Value } from "../builder.ts";
import {
  type FileNode,
  type NodeCall,
  type NodeContext,
  type NodeRule,
  type PlainReading,
  unsupported,
} from "../nodes/context.ts";
import type { Operand, ValueOperand } from "../operands.ts";
import { sizeOf } from "../sides.ts";
import { isUsual, sidesOf, usualView, type View } from "./view.ts";

/** A value with the axes that the file gives it. */
export interface PlainValue extends ValueOperand {
  readonly layout: "ANY";
  readonly view: View;
  readonly shape: readonly (number | null)[];
}

export const NO_VALUE = "its input isn't a value of the network";

export function plainOperand(value: Value, view?: View): Operand {
  return { kind: "value", value, layout: "ANY", ...(view && { view }) };
}

/** An input as a value with its own axes; undefined where it is none. */
export function plainInput(
  { inputs }: NodeCall,
  context: NodeContext,
  index = 0,
): PlainValue | undefined {
  const input = inputs[index];
  return input?.kind === "value" ? plainValue(input, context) : undefined;
}

/** How axes are read here. */
export function reading({ plain }: NodeContext): PlainReading {
  if (!plain) throw new Error("axes are read as those of maps");
  return plain;
}

/** The file's axes, with the batch as the file counts it. */
export function fileSides({ shape, view }: PlainValue, context: NodeContext): (number | null)[] {
  return sidesOf(shape, view, reading(context).batch);
}

/** What moves a map of ours to where the file has its sides, and the way back. */
const MOVES = { NHWC: [1, 2, 0], NLC: [2, 0] } as const;
const BACK = { NHWC: [2, 0, 1] } as const;

/** A value of any kind with its own axes. */
export function plainValue(operand: ValueOperand, context: NodeContext): PlainValue | undefined {
  const { layout, value } = operand;
  const { shape } = value;
  if (!shape) return undefined;
  if (layout === "ANY" || layout === "NCHW" || shape.length !== 3) {
    const view = operand.view ?? usualView(shape.length);
    return { kind: "value", value, layout: "ANY", view, shape };
  }
  const { plains, maps } = reading(context);
  const known = plains.get(value.node ?? "") ?? moved(operand, context);
  plains.set(value.node ?? "", known);
  maps.set(known.value.node ?? "", operand);
  return plainValue(known, context);
}

function moved({ layout, value }: ValueOperand, { builder }: NodeContext): ValueOperand {
  const name = `${value.node}_axes`;
  const [channels, height, width] = (value.shape ?? []).map((side) => side ?? 0);
  let result = value;
  if (layout !== "NHWC") {
    const shape = layout === "NHW" ? [height, width] : [channels, width];
    result = builder.add("reshape", name, [result], { shape });
  }
  if (layout === "NHWC" || layout === "NLC") {
    result = builder.add("permute", name, [result], { order: [...MOVES[layout]].slice() });
  }
  return { kind: "value", value: result, layout: "ANY" };
}

/** A value as the map or vector that a layer with channels takes; a text says why it is none. */
function mapValue(operand: ValueOperand, context: NodeContext): ValueOperand | string {
  const { builder, layout } = context;
  if (operand.layout !== "ANY" || !operand.value.shape) return operand;
  const { maps } = reading(context);
  const known = maps.get(operand.value.node ?? "");
  if (known) return known;
  const { value } = operand;
  const { shape = [] } = value;
  if (operand.view && !isUsual(operand.view)) return "the batch isn't in front";
  if (shape.length > 3) return "its input has more dimensions than a map";
  let map = value;
  if (shape.length === 2) {
    const [a, b] = shape;
    if (sizeOf(shape) === null) return "the size isn't known";
    map = builder.add("reshape", `${value.node}_map`, [value], { shape: [a ?? 0, 1, b ?? 0] });
    return kept({ kind: "value", value: map, layout: "NCL" }, operand, context);
  }
  if (shape.length === 3 && layout === "NHWC") {
    map = builder.add("permute", `${value.node}_map`, [value], { order: [...BACK.NHWC] });
    return kept({ kind: "value", value: map, layout }, operand, context);
  }
  return { kind: "value", value, layout };
}

function kept(map: ValueOperand, { value }: ValueOperand, context: NodeContext): ValueOperand {
  reading(context).maps.set(value.node ?? "", map);
  return map;
}

/** A rule for values whose axes are any: its inputs with their own axes. */
export const onAny =
  <N extends FileNode>(rule: NodeRule<N>): NodeRule<N> =>
  (call, context) => {
    const inputs = call.inputs.map((input) =>
      input?.kind === "value" ? (plainValue(input, context) ?? input) : input,
    );
    return rule({ ...call, inputs }, context);
  };

/** A rule of maps and vectors, for values whose axes are any. */
export const onMap =
  <N extends FileNode>(rule: NodeRule<N>): NodeRule<N> =>
  (call, context) => {
    const inputs: (Operand | undefined)[] = [];
    for (const input of call.inputs) {
      const map = input?.kind === "value" ? mapValue(input, context) : input;
      if (typeof map === "string") return unsupported(call, context, map);
      inputs.push(map);
    }
    return rule({ ...call, inputs }, context);
  };
