import type { Value } from "../builder.ts";
import type { OpAttrs } from "../network_graph.ts";
import { type Operand, type ValueOperand, valueOperand } from "../operands.ts";
import { type NodeCall, type NodeContext, unsupported } from "./context.ts";

/** What is added around a map, and the number of channels before and after its own. */
export type Padding = OpAttrs["pad"] & { readonly channels: readonly [number, number] };

/** Adds a padding of a map's sides, or channels of zeros. */
export function addPad(
  call: NodeCall,
  context: NodeContext,
  input: ValueOperand,
  { channels, ...attrs }: Padding,
): Operand {
  const { name } = call.node;
  const isSpatial = attrs.padding.some((side) => side !== 0);
  if (channels.every((count) => count === 0)) {
    if (!isSpatial) return input;
    return valueOperand(context.builder.add("pad", name, [input.value], attrs), input.layout);
  }
  const own = input.value.shape?.[0];
  if (isSpatial || attrs.mode !== "constant" || attrs.value !== 0 || !own) {
    return unsupported(
      call,
      context,
      "channels can be padded with zeros only, and not with the sides",
    );
  }
  if (!channels.every((count) => count >= 0 && count <= MOST_TIMES * own)) {
    const why = `it adds ${channels.join(" and ")} channels to ${own}`;
    return unsupported(call, context, why);
  }
  return valueOperand(padChannels(call, context, input.value, own, channels), input.layout);
}

/** Copies of a map of zeros that are joined at most: networks double their channels. */
const MOST_TIMES = 64;

/** No format has a layer for it: the zeros are the map itself, times zero. */
function padChannels(
  { node: { name } }: NodeCall,
  { builder }: NodeContext,
  value: Value,
  own: number,
  [before, after]: readonly [number, number],
): Value {
  const nothing = builder.add("rescale", `${name}_zeros`, [value], { scale: [0], offset: [0] });
  const zeros = (count: number): Value[] => {
    const whole = new Array<Value>(Math.floor(count / own)).fill(nothing);
    const attrs = { dim: 0, start: 0, end: count % own };
    return attrs.end === 0
      ? whole
      : [...whole, builder.add("narrow", `${name}_part`, [nothing], attrs)];
  };
  return builder.add("concat", name, [...zeros(before), value, ...zeros(after)], {});
}
