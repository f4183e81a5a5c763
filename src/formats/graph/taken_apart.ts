import type { NetworkBuilder, TakenApart, Value } from "./builder.ts";

// Shuffles as exporters without a word for them write them: a map is given more dimensions, they are moved, and it is a map
// again. Between these steps a value is still the map, and remembers what was done.

type Layout = "NHWC" | "NCHW";

/** The map with its sides split. */
export function takenApart(map: Value, sides: readonly number[]): Value {
  return { ...map, apart: { sides, order: sides.map((_, i) => i) } };
}

/** @param order as a file's Transpose has it, without the batch: which side comes to each place. */
export function movedSides(value: Value, order: readonly number[]): Value | undefined {
  const { apart } = value;
  const isOrder = [...order].sort((a, b) => a - b).every((side, i) => side === i);
  if (!apart || !isOrder || order.length !== apart.sides.length) return undefined;
  return { ...value, apart: { ...apart, order: order.map((side) => apart.order[side]) } };
}

/** The map put together again; undefined where what was done has no name. @param target without the batch. */
export function putTogether(
  builder: NetworkBuilder,
  name: string,
  value: Value,
  target: readonly number[],
  layout: Layout,
): Value | undefined {
  const { apart, ...map } = value;
  if (!apart || !map.shape?.every((side) => side !== null)) return undefined;
  const result = rearranged(builder, name, map, map.shape.map(Number), apart, layout);
  const [channels, height, width] = (result?.shape ?? []).map(Number);
  const sides = layout === "NHWC" ? [height, width, channels] : [channels, height, width];
  return target.length === 3 && target.every((side, i) => side === sides[i]) ? result : undefined;
}

/**
 * How a map is split and moved: b is the side of a square of pixels, c what is left of the channels, C all of them, and
 * h, w and H, W alike; then the order of these sides.
 */
const SQUARES = {
  NCHW: [
    ["depthToSpace", "CRD", "c b b H W", "0,3,1,4,2"],
    ["depthToSpace", "DCR", "b b c H W", "2,3,0,4,1"],
    ["spaceToDepth", "CRD", "C h b w b", "0,2,4,1,3"],
    ["spaceToDepth", "DCR", "C h b w b", "2,4,0,1,3"],
  ],
  NHWC: [
    ["depthToSpace", "CRD", "H W c b b", "0,3,1,4,2"],
    ["depthToSpace", "DCR", "H W b b c", "0,2,1,3,4"],
    ["spaceToDepth", "CRD", "h b w b C", "0,2,4,1,3"],
    ["spaceToDepth", "DCR", "h b w b C", "0,2,1,3,4"],
  ],
} as const;

function rearranged(
  builder: NetworkBuilder,
  name: string,
  map: Value,
  shape: readonly number[],
  { sides, order }: TakenApart,
  layout: Layout,
): Value | undefined {
  const moved = order.join();
  const groups = shuffledGroups(sides, moved, shape, layout);
  if (groups) return builder.add("channelShuffle", name, [map], { groups });
  const [C, H, W] = shape;
  for (const [op, rule, split, moves] of SQUARES[layout]) {
    const block = sides[split.replaceAll(" ", "").indexOf("b")];
    const lengths: Readonly<Record<string, number>> = {
      ...{ C, H, W, b: block, c: C / block ** 2, h: H / block, w: W / block },
    };
    const expected = split.split(" ").map((side) => lengths[side]);
    if (moved === moves && expected.join() === sides.join()) {
      return builder.add(op, name, [map], { block, order: rule });
    }
  }
  return undefined;
}

/** In how many groups channels were shuffled, where they were: with height and width as they are, or as one side. */
function shuffledGroups(
  sides: readonly number[],
  moved: string,
  [channels, height, width]: readonly number[],
  layout: Layout,
): number | undefined {
  const isLast = layout === "NHWC";
  const groups = sides[isLast ? sides.length - 2 : 0];
  const split = [groups, channels / groups];
  const map = sides.length === 4 ? [height, width] : [height * width];
  const expected = isLast ? [...map, ...split] : [...split, ...map];
  const order = expected.map((_, i) => i);
  const first = isLast ? map.length : 0;
  order.splice(first, 2, first + 1, first);
  return expected.join() === sides.join() && order.join() === moved ? groups : undefined;
}
