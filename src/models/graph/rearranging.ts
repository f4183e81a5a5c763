import {
  channelShuffle,
  depthToSpace,
  narrow,
  resize,
  spaceToDepth,
  type Tensor,
} from "../../autograd/index.ts";
import type { NodeOf } from "../../formats/index.ts";

type Rearranging = "resize" | "depthToSpace" | "spaceToDepth" | "channelShuffle" | "narrow";

/** What nodes compute that resize, rearrange or cut their one input. */
export const rearrangings: {
  readonly [K in Rearranging]: (node: NodeOf<K>) => (x: Tensor) => Tensor;
} = {
  resize: ({ attrs: { size, scale, ...resizing } }) => {
    const target = size ? { size } : { scale: scale ?? ([1, 1] as const) };
    return (x) => resize(x, target, resizing);
  },
  depthToSpace:
    ({ attrs: { block, order } }) =>
    (x) =>
      depthToSpace(x, block, order),
  spaceToDepth:
    ({ attrs: { block, order } }) =>
    (x) =>
      spaceToDepth(x, block, order),
  channelShuffle:
    ({ attrs: { groups } }) =>
    (x) =>
      channelShuffle(x, groups),
  narrow:
    ({ attrs: { dim, start, end } }) =>
    (x) => {
      const last = end > 0 ? end : x.shape[dim + 1]! + end;
      return narrow(x, dim + 1, start, last - start);
    },
};
